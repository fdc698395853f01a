//! The engine's kernels against TFLite's int8 reference kernels, bit for bit.
//!
//! `tests/scripts/tflite_golden.py` wrote the golden files.

mod golden;
mod networks;

use anyhow::{Context, Result};
use engine::blob::{Op, Tensor};
use engine::kernels::{self, AddRescale, Input, Output};
use golden::{Operands, RealOp, load};
use serde::Deserialize;

/// One operator with its inputs and what TFLite makes of them.
#[derive(Deserialize)]
struct Case {
    name: String,
    op: RealOp,
    inputs: Vec<Tensor>,
    values: Vec<Vec<i8>>,
    output: Tensor,
    expected: Vec<i8>,
    /// What TFLite's `FULLY_CONNECTED` yields, which rounds once, in floating point.
    #[serde(default)]
    within_one_step: Vec<i8>,
}

impl Case {
    fn run(&self) -> Result<Vec<i8>> {
        let inputs: Vec<_> =
            self.inputs.iter().zip(&self.values).map(|(&tensor, data)| Input { tensor, data }).collect();
        let &first = inputs.first().context("no input")?;
        let second = inputs.get(1).copied();
        let other = second.map(|input| (1, input.tensor));
        let operands = Operands { input: first.tensor, other, output: self.output };
        let filter = self.op.filter_bytes(operands);
        let mut data = vec![0; self.output.len()];
        let output = Output { tensor: self.output, data: &mut data };
        run_kernel(&self.op.op(operands, filter.as_ref())?, first, second, output);
        Ok(data)
    }
}

fn run_kernel(op: &Op<'_>, input: Input<'_>, other: Option<Input<'_>>, output: Output<'_>) {
    match *op {
        Op::Conv2d { window, ref filter } => kernels::conv2d(input, output, window, filter, &mut []),
        Op::DepthwiseConv2d { window, ref filter } => {
            kernels::depthwise_conv2d(input, output, window, filter);
        }
        Op::Dense { ref filter } => kernels::dense(input, output, filter),
        Op::MaxPool { window, clamp } => kernels::max_pool(input, output, window, clamp),
        Op::AveragePool { window, clamp } => kernels::average_pool(input, output, window, clamp),
        Op::GlobalAveragePool { rescale } => kernels::global_average_pool(input, output, rescale),
        Op::Add { input_rescale, other_rescale, output_rescale, clamp, .. } => {
            let rescale = AddRescale { input: input_rescale, other: other_rescale, output: output_rescale };
            if let Some(other) = other {
                kernels::add(input, other, output, rescale, clamp);
            }
        }
        Op::Softmax { rescale } => kernels::softmax(input, output, rescale),
    }
}

/// Runs every case of a golden file; a failure names all that differ.
fn assert_parity(file: &str) -> Result<()> {
    let cases: Vec<Case> = load(file)?;
    assert!(!cases.is_empty());
    let mut differing = Vec::new();
    for case in &cases {
        if case.run()? != case.expected {
            differing.push(&case.name);
        }
    }
    assert!(differing.is_empty(), "{} of {} cases differ: {differing:#?}", differing.len(), cases.len());
    Ok(())
}

#[test]
fn conv2d() -> Result<()> {
    assert_parity("conv2d")
}

#[test]
fn depthwise_conv2d() -> Result<()> {
    assert_parity("depthwise_conv2d")
}

#[test]
fn dense() -> Result<()> {
    assert_parity("dense")
}

#[test]
fn dense_is_within_one_step_of_a_floating_point_fully_connected() -> Result<()> {
    for case in load::<Vec<Case>>("dense")? {
        let computed = case.run()?;
        assert_eq!(computed.len(), case.within_one_step.len());
        let mut pairs = computed.iter().zip(&case.within_one_step);
        assert!(pairs.all(|(a, &b)| a.abs_diff(b) <= 1), "{}", case.name);
    }
    Ok(())
}

#[test]
fn max_pool() -> Result<()> {
    assert_parity("max_pool")
}

#[test]
fn average_pool() -> Result<()> {
    assert_parity("average_pool")
}

#[test]
fn global_average_pool() -> Result<()> {
    assert_parity("global_average_pool")
}

#[test]
fn add() -> Result<()> {
    assert_parity("add")
}

#[test]
fn softmax() -> Result<()> {
    assert_parity("softmax")
}
