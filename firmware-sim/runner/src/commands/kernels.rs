use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::measured::{Cost, Measured, print_table};
use crate::{Board, Firmware, Program};

#[derive(Deserialize)]
struct Measurement {
    kernels: Vec<Measured>,
}

#[derive(Serialize)]
struct Report {
    board: &'static str,
    kernels: Vec<Cost>,
}

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let result = Firmware::build(board, Program::Kernels, model)?.run(None)?;
    let Measurement { kernels } = serde_json::from_str(&result).context("the firmware's result is broken")?;
    let kernels: Vec<_> = kernels.into_iter().map(|kernel| kernel.on(board)).collect();
    if json {
        println!("{}", serde_json::to_string(&Report { board: board.name(), kernels })?);
    } else {
        print_table(&kernels);
    }
    Ok(())
}
