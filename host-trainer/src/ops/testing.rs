//! Finite differences, for the tests of the operators.

use dfdx::prelude::{Backward, Cpu, PutTape, Tape as _, ZerosTensor};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Gradients, Padding, SlidingWindow, Tape, Variable};

/// How far each value is moved, both ways.
const STEP: f32 = 1.0 / 512.0;
/// Allowed deviation: rounding of single-precision outputs over the step.
const TOLERANCE: f64 = 4e-3;

/// Looks back only: an output knows its own row and those above.
pub(super) const CAUSAL: Padding = Padding { above: 2, below: 0, sides: 1 };
/// The other way round.
pub(super) const LATE: Padding = Padding { above: 0, below: 2, sides: 1 };

/// A convolution over every input channel, straight from its definition.
pub(super) fn convolved(input: &[f32], weight: &[f32], window: SlidingWindow) -> Vec<f32> {
    let SlidingWindow { input: [rows, columns, channels], kernel, stride, padding } = window;
    let [height, width] = window.output().unwrap();
    let pixel = |sample: usize, row: usize, column: usize| {
        let row = row.checked_sub(padding.above).filter(|&row| row < rows)?;
        let column = column.checked_sub(padding.sides).filter(|&column| column < columns)?;
        let start = ((sample * rows + row) * columns + column) * channels;
        input.get(start..start + channels)
    };
    let mut output = Vec::new();
    for sample in 0..input.len() / (rows * columns * channels) {
        for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
            for filter in weight.chunks_exact(kernel[0] * kernel[1] * channels) {
                let mut sum = 0.0;
                for (tap, weights) in filter.chunks_exact(channels).enumerate() {
                    let (row, column) = (y * stride[0] + tap / kernel[1], x * stride[1] + tap % kernel[1]);
                    let pixel = pixel(sample, row, column).unwrap_or_default();
                    sum += pixel.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f32>();
                }
                output.push(sum);
            }
        }
    }
    output
}

/// Uniform values between -1 and 1.
pub(super) fn random(seed: u64, length: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..length).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// Values between -1 and 1 in random order, so far from each other and from 0 that a step changes neither
/// order nor sign.
pub(super) fn distinct(seed: u64, length: usize) -> Vec<f32> {
    let spacing = 2.0 / length as f32;
    assert!(spacing * 0.375 > STEP, "too many values for the step");
    let mut values: Vec<f32> = (0..length).map(|index| (index as f32 + 0.625) * spacing - 1.0).collect();
    values.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    values
}

/// Compares every gradient of a randomly weighted sum of the operator's outputs with central differences.
pub(super) fn assert_gradients(inputs: &[Vec<f32>], operator: impl Fn(&mut Tape, &[Variable]) -> Variable) {
    let evaluate = |inputs: &[Vec<f32>]| {
        let variables: Vec<Variable> = inputs.iter().cloned().map(Variable::new).collect();
        let mut tape = Tape::default();
        let output = operator(&mut tape, &variables);
        (variables, output, tape)
    };
    let (variables, output, tape) = evaluate(inputs);
    let weights = random(999, output.values().len());
    let objective = |output: &Variable| -> f64 {
        output
            .values()
            .iter()
            .zip(&weights)
            .map(|(&value, &weight)| f64::from(value) * f64::from(weight))
            .sum()
    };
    let mut gradients = run_backwards(tape, &output, weights.clone());
    for (which, variable) in variables.iter().enumerate() {
        let gradient = variable.take_gradient(&mut gradients).unwrap();
        for (index, &found) in gradient.iter().enumerate() {
            let moved = |by: f32| {
                let mut inputs = inputs.to_vec();
                inputs[which][index] += by;
                (f64::from(inputs[which][index]), objective(&evaluate(&inputs).1))
            };
            let ((low, below), (high, above)) = (moved(-STEP), moved(STEP));
            let expected = (above - below) / (high - low);
            let deviation = (f64::from(found) - expected).abs();
            assert!(
                deviation <= TOLERANCE * expected.abs().max(1.0),
                "input {which}, value {index}: gradient {found}, finite difference {expected}"
            );
        }
    }
}

/// Runs a tape backwards from a given gradient of the output.
fn run_backwards(mut tape: Tape, output: &Variable, gradient: Vec<f32>) -> Gradients {
    let output = output.clone();
    tape.add_backward_op(move |gradients| output.add_gradient(gradients, gradient));
    Cpu::default().zeros_like(&()).put_tape(tape).backward()
}
