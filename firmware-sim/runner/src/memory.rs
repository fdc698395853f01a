use std::path::Path;

use serde::Serialize;

use crate::footprint::Footprint;
use crate::{Board, Classifier};

/// What the classifying firmware takes on a board, in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// The board's name.
    pub board: &'static str,
    /// Code, constants, model and the initial values of statics.
    pub flash_bytes: u64,
    /// Statics.
    pub static_ram_bytes: u64,
    /// The stack at its deepest.
    pub stack_bytes: u64,
}

impl Memory {
    /// Builds the firmware with a model and lets it hear 3 s.
    ///
    /// # Errors
    /// Those of [`Classifier::build`] and [`Classifier::classify`].
    pub fn of(board: Board, model: &Path) -> anyhow::Result<Self> {
        let classifier = Classifier::build(board, model)?;
        let Footprint { flash_bytes, static_ram_bytes } = Footprint::of(classifier.firmware())?;
        let stack_bytes = classifier.classify(&sweep())?.stack_bytes;
        Ok(Self { board: board.name(), flash_bytes, static_ram_bytes, stack_bytes })
    }
}

/// 3 s that rise from 0 Hz to half the sample rate.
fn sweep() -> Vec<i16> {
    const LENGTH: u32 = 66_150;
    let phase = |n: u32| f64::from(n) * f64::from(n) / f64::from(LENGTH) * std::f64::consts::FRAC_PI_2;
    (0..LENGTH).map(|n| (phase(n).sin() * 16_000.0) as i16).collect()
}
