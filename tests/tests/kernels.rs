//! The kernels of each core under QEMU: against the plain ones, bit for bit, and against what CMSIS-NN needs.
//!
//! Needs `qemu-system-arm` and the thumb targets: `tests/run` installs them.

use std::path::Path;

use anyhow::Result;
use serde::Deserialize;
use sim::{Board, Firmware, Program};

/// The nine reference shapes in the order in which the firmware runs them, as instructions a
/// multiply-accumulate that CMSIS-NN takes on Cortex-M3, M4 and M55: counted under QEMU, at 99f736a6, built by
/// GCC 12.2.1 with -Ofast.
const CMSIS_NN: [[f64; 3]; 9] = [
    [10.57, 10.53, 3.75],
    [10.33, 9.28, 3.44],
    [4.79, 3.96, 1.06],
    [10.05, 8.92, 2.69],
    [3.65, 2.70, 0.59],
    [9.81, 8.68, 2.28],
    [3.08, 2.06, 0.38],
    [2.87, 1.92, 0.25],
    [3.06, 2.14, 0.31],
];

#[derive(Deserialize)]
struct Costs {
    kernels: Vec<Cost>,
}

#[derive(Deserialize)]
struct Cost {
    name: String,
    macs: u64,
    ticks: u64,
}

fn run(board: Board, program: Program) -> Result<String> {
    let model = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../host-trainer/models/small.postcard"));
    Firmware::build(board, program, model)?.run(None)
}

/// No more than this part of what CMSIS-NN takes on the core in a column of the table.
fn assert_cost(board: Board, column: usize, limit: f64) -> Result<()> {
    let Costs { kernels } = serde_json::from_str(&run(board, Program::Kernels)?)?;
    assert_eq!(kernels.len(), CMSIS_NN.len());
    for (Cost { name, macs, ticks }, theirs) in kernels.into_iter().zip(CMSIS_NN) {
        let ours = board.instructions(ticks) as f64 / macs as f64;
        let most = theirs[column] * limit;
        assert!(ours <= most, "{} {name}: {ours:.3} a MAC, at most {most:.3}", board.name());
    }
    Ok(())
}

#[test]
fn every_core_agrees_with_the_plain_kernels() -> Result<()> {
    // The firmware fails where results differ.
    Board::ALL.into_iter().try_for_each(|board| run(board, Program::Agree).map(drop))
}

#[test]
fn a_cortex_m3_takes_fewer_instructions_than_cmsis_nn() -> Result<()> {
    assert_cost(Board::An385, 0, 0.999)
}

#[test]
fn cores_with_the_dsp_extension_take_at_most_half() -> Result<()> {
    assert_cost(Board::An386, 1, 0.5)?;
    assert_cost(Board::An500, 1, 0.55)?;
    assert_cost(Board::An505, 1, 0.55)
}

#[test]
fn a_cortex_m55_takes_no_more() -> Result<()> {
    assert_cost(Board::An547, 2, 1.0)
}
