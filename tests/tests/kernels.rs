//! The kernels of each core under QEMU: against the plain ones, bit for bit, and against what CMSIS-NN needs.
//!
//! Needs `qemu-system-arm` and the thumb targets: `tests/run` installs them.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use sim::{Board, Firmware, Program};

/// The nine reference shapes in the order in which the firmware runs them, as instructions a
/// multiply-accumulate that CMSIS-NN takes: counted under QEMU, at 99f736a6, built by GCC 12.2.1. On Cortex-M3 and M55
/// with -Ofast; on M4, where that is better, with -O2 and its inline assembly.
const CMSIS_NN: [[f64; 3]; 9] = [
    [10.57, 9.60, 3.75],
    [10.33, 7.62, 3.44],
    [4.79, 3.6, 1.06],
    [10.05, 7.39, 2.69],
    [3.65, 2.5, 0.59],
    [9.81, 7.21, 2.28],
    [3.08, 2.0, 0.38],
    [2.87, 1.90, 0.25],
    [3.06, 2.09, 0.31],
];

/// Operators beside these shapes, as the firmware names them: what CMSIS-NN takes on a Cortex-M4 for a unit of each.
const OPERATORS: [(&str, f64); 9] = [
    ("dense 256 -> 64", 2.11),
    ("dense 64 -> 12", 2.92),
    ("average pool 2x2, 16x32x32", 41.0),
    ("average pool 16x33 -> 1x1, 64 channels", 6.5),
    ("mean 16x33 -> 1x1, 64 channels", 6.5),
    ("max pool 2x2, 16x32x32", 39.0),
    ("softmax of 12", 247.0),
    ("add, scales differ", 81.0),
    ("add, equal scales", 81.0),
];

#[derive(Deserialize)]
struct Costs {
    kernels: Vec<Cost>,
    operators: Vec<OperatorCost>,
}

#[derive(Deserialize)]
struct OperatorCost {
    name: String,
    count: u64,
    ticks: u64,
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

fn costs(board: Board) -> Result<Costs> {
    Ok(serde_json::from_str(&run(board, Program::Kernels)?)?)
}

/// No more than this part of what CMSIS-NN takes on the core in a column of the table.
fn assert_cost(board: Board, column: usize, limit: f64) -> Result<()> {
    let Costs { kernels, .. } = costs(board)?;
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
    assert_cost(Board::An500, 1, 0.5)?;
    assert_cost(Board::An505, 1, 0.5)
}

#[test]
fn every_other_operator_takes_fewer_instructions_than_cmsis_nn() -> Result<()> {
    let Costs { operators, .. } = costs(Board::An386)?;
    for (operator, theirs) in OPERATORS {
        let cost = operators.iter().find(|cost| cost.name == operator);
        let OperatorCost { count, ticks, .. } =
            cost.with_context(|| format!("{operator} is not measured"))?;
        let ours = Board::An386.instructions(*ticks) as f64 / *count as f64;
        assert!(ours < theirs, "{operator}: {ours:.2}, below {theirs}");
    }
    Ok(())
}

#[test]
fn one_channel_out_of_bounds_and_wide_kernels_keep_a_layer_fast() -> Result<()> {
    for (board, most) in [(Board::An385, 2.5), (Board::An386, 1.3)] {
        for OperatorCost { name, count, ticks } in costs(board)?.operators {
            let ours = board.instructions(ticks) as f64 / count as f64;
            assert!(!name.starts_with("conv") || ours < most, "{} {name}: {ours:.2}", board.name());
        }
    }
    Ok(())
}

#[test]
fn a_cortex_m55_takes_no_more() -> Result<()> {
    assert_cost(Board::An547, 2, 1.0)
}
