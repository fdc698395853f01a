use std::path::Path;

use anyhow::ensure;
use host_trainer::audio;
use host_trainer::commands::output;
use toolchain::{DEFAULT_MODEL, model_file};

use crate::{Board, Decimation, decimate_on_host, modulate};

/// The microphone's rate in Hz, of a clock of 1.024 MHz.
const RATE: u32 = 16_000;

pub(super) fn run(board: Board, file: &Path, json: bool) -> anyhow::Result<()> {
    let pdm = modulate(&audio::load(file, RATE)?);
    // The firmware is built with a model, as all are, but has no use for it.
    let decimation = Decimation::of(board, &model_file(DEFAULT_MODEL)?, &pdm)?;
    ensure!(
        (decimation.samples, decimation.checksum) == decimate_on_host(&pdm),
        "{} makes other samples of the bits than this machine does",
        decimation.board
    );
    if json {
        return output::json(&decimation);
    }
    let Decimation { samples, instructions_per_sample: cost, .. } = decimation;
    output::line(&format!(
        "{samples} samples, the same as on this machine: {cost:.0} instructions each, {:.2} million a second at \
         {RATE} Hz",
        cost * f64::from(RATE) / 1e6
    ))
}
