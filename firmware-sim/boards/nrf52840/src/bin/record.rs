//! Sends what the microphone hears to the PC.
#![no_std]
#![no_main]

use embassy_executor::Spawner;
use nrf52840::{Board, GAIN};

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    let Board { microphone, usb, .. } = Board::start();
    listening::record(microphone.start(), GAIN, usb.driver()).await
}
