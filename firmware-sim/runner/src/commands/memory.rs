use std::path::Path;

use host_trainer::commands::output;
use serde::Serialize;

use crate::footprint::Footprint;
use crate::{Board, Classifier};

#[derive(Serialize)]
struct Report {
    board: &'static str,
    flash_bytes: u64,
    static_ram_bytes: u64,
    stack_bytes: u64,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let classifier = Classifier::build(board, model)?;
    let Footprint { flash_bytes, static_ram_bytes } = Footprint::of(classifier.firmware())?;
    let stack_bytes = classifier.classify(&sweep())?.stack_bytes;
    let report = Report { board: board.name(), flash_bytes, static_ram_bytes, stack_bytes };
    if json {
        output::json(&report)?;
    } else {
        println!("flash       {flash_bytes:>8} bytes");
        println!("static RAM  {static_ram_bytes:>8} bytes");
        println!("stack       {stack_bytes:>8} bytes at its deepest");
    }
    Ok(())
}

/// 3 s that rise from 0 Hz to half the sample rate.
fn sweep() -> Vec<i16> {
    const LENGTH: u32 = 66_150;
    let phase = |n: u32| f64::from(n) * f64::from(n) / f64::from(LENGTH) * std::f64::consts::FRAC_PI_2;
    (0..LENGTH).map(|n| (phase(n).sin() * 16_000.0) as i16).collect()
}
