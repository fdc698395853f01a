use std::path::Path;

use anyhow::Context;
use crc::{CRC_32_ISO_HDLC, Crc};
use engine::listen::Decimator;
use serde::{Deserialize, Serialize};

use crate::{Board, Firmware, Program};

/// What a board made of a PDM microphone's bits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decimation {
    /// The board's name.
    pub board: &'static str,
    /// Samples that came out.
    pub samples: u64,
    /// CRC-32 of the samples as little-endian words.
    pub checksum: u32,
    /// What a sample costs.
    pub instructions_per_sample: f64,
}

/// `result.json`.
#[derive(Deserialize)]
struct Outcome {
    samples: u64,
    ticks: u64,
    checksum: u32,
}

impl Decimation {
    /// Builds the firmware and lets it decimate bits, of which the earliest is a word's most significant.
    ///
    /// # Errors
    /// Those of [`Firmware::build`] and [`Firmware::run`].
    pub fn of(board: Board, model: &Path, pdm: &[u16]) -> anyhow::Result<Self> {
        let words: Vec<_> = pdm.iter().map(|word| word.cast_signed()).collect();
        // The rate is that of the words at 1.024 MHz; the firmware takes any.
        let result = Firmware::build(board, Program::Decimate, model)?.hear(64_000, &words)?;
        let Outcome { samples, ticks, checksum } =
            serde_json::from_str(&result).context("the firmware's result is broken")?;
        Ok(Self {
            board: board.name(),
            samples,
            checksum,
            instructions_per_sample: board.instructions(ticks) as f64 / samples.max(1) as f64,
        })
    }
}

/// What the same bits become on the host: samples and their checksum.
#[must_use]
pub fn decimate_on_host(pdm: &[u16]) -> (u64, u32) {
    let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let (mut samples, mut digest) = (0, crc.digest());
    Decimator::new().push(pdm, |sample| {
        samples += 1;
        digest.update(&sample.to_le_bytes());
    });
    (samples, digest.finalize())
}
