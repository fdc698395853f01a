//! What the sound card's microphone hears, as a device would: who speaks when, and with which emotion.
//!
//!     cargo run --release -p host-trainer --features sound-card --example sound_card

use anyhow::Context;
use host_trainer::SHIPPED_MODEL;
use host_trainer::evaluate::HostListener;
use host_trainer::listen::{Happening, sound_card};
use host_trainer::prosodia::listen::{Conversion, Settings};
use host_trainer::prosodia::sample_rate;

fn main() -> anyhow::Result<()> {
    let source = sound_card()?;
    let mut coefficients = Vec::new();
    let conversion = Conversion::between(source.rate, sample_rate(SHIPPED_MODEL), &mut coefficients);
    let mut listener = Box::new(HostListener::new());
    // None where the card has the model's own rate.
    listener.load(SHIPPED_MODEL, &Settings { conversion, ..Settings::DEFAULT })?;
    println!("listening to {} at {} Hz; Ctrl-C ends", source.name, source.rate);
    for block in &source.blocks {
        let block = block.with_context(|| format!("cannot hear {}", source.name))?;
        listener.push(block, |event| println!("{}", Happening::of(event, source.rate).text()))?;
    }
    Ok(())
}
