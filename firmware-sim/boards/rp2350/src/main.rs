//! Listens, and shows which emotion it hears.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use listening::engine::listen::Settings;
use rp2350::{Board, GAIN, SAMPLE_RATE};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let Board { microphone, mut light, .. } = Board::start();
    let settings =
        Settings { conversion: listening::conversion!(SAMPLE_RATE), gain: GAIN, ..Settings::DEFAULT };
    listening::listen(|| microphone.start(), settings, |colour| light.set(colour)).await
}
