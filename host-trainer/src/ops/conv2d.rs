use rayon::prelude::*;

use super::matrix::{Matrix, multiply, multiply_add};
use super::{Tape, Variable, Window};

/// Samples whose share of the weights' gradient is summed by one thread.
pub(super) const GROUP: usize = 4;

/// 2-D convolution over every input channel. Weights: output channel, row, column, input channel.
pub fn conv2d(tape: &mut Tape, input: &Variable, weight: &Variable, window: Window) -> Variable {
    on_tape(tape, input, weight, window, forward, backward)
}

/// The outputs of a convolution.
type Forward = fn(input: &[f32], weight: &[f32], window: Window) -> Vec<f32>;
/// Adds to the input's gradient and returns the weights', from the output's.
type Backward = fn(&[f32], &[f32], Window, gradient: &[f32], input_gradient: &mut [f32]) -> Vec<f32>;

/// Puts a convolution of either kind on the tape.
pub(super) fn on_tape(
    tape: &mut Tape,
    input: &Variable,
    weight: &Variable,
    window: Window,
    forward: Forward,
    backward: Backward,
) -> Variable {
    let values = forward(input.values(), weight.values(), window);
    let (input, weight) = (input.clone(), weight.clone());
    Variable::on_tape(tape, values, move |gradients, _, gradient| {
        let weight_gradient = input.with_gradient(gradients, |input_gradient| {
            backward(input.values(), weight.values(), window, &gradient, input_gradient)
        })?;
        weight.add_gradient(gradients, weight_gradient)
    })
}

/// Each sample's patches times the weights.
pub(crate) fn forward(input: &[f32], weight: &[f32], window: Window) -> Vec<f32> {
    let samples = input.len() / window.input_len();
    let channels = weight.len() / window.taps();
    let output_len = window.positions() * channels;
    let mut output = vec![0.0; samples * output_len];
    let work = output.par_chunks_exact_mut(output_len).zip(input.par_chunks_exact(window.input_len()));
    work.for_each_init(
        || vec![0.0; window.positions() * window.taps()],
        |patches, (output, input)| {
            window.gather(input, patches);
            let (patches, weight) = (Matrix::new(patches, window.taps()), Matrix::new(weight, window.taps()));
            multiply(patches, weight.transposed(), output);
        },
    );
    output
}

/// Adds to the input's gradient and returns that of the weights. Patches are gathered anew: keeping them
/// would take nine times the memory of the activations under a 3x3 window.
fn backward(
    input: &[f32],
    weight: &[f32],
    window: Window,
    gradient: &[f32],
    input_gradient: &mut [f32],
) -> Vec<f32> {
    let (input_len, taps) = (window.input_len(), window.taps());
    let channels = weight.len() / taps;
    let output_len = window.positions() * channels;
    let groups = input_gradient
        .par_chunks_mut(GROUP * input_len)
        .zip(input.par_chunks(GROUP * input_len))
        .zip(gradient.par_chunks(GROUP * output_len));
    let shares: Vec<Vec<f32>> = groups
        .map_init(
            || vec![0.0; window.positions() * taps],
            |patches, ((input_gradient, input), gradient)| {
                let mut share = vec![0.0; weight.len()];
                let samples = input_gradient
                    .chunks_exact_mut(input_len)
                    .zip(input.chunks_exact(input_len))
                    .zip(gradient.chunks_exact(output_len));
                for ((input_gradient, input), gradient) in samples {
                    let gradient = Matrix::new(gradient, channels);
                    window.gather(input, patches);
                    multiply_add(gradient.transposed(), Matrix::new(patches, taps), &mut share);
                    multiply(gradient, Matrix::new(weight, taps), patches);
                    window.scatter_add(patches, input_gradient);
                }
                share
            },
        )
        .collect();
    sum(shares, weight.len())
}

/// The sum of the groups' shares, in the order of the groups.
pub(super) fn sum(shares: Vec<Vec<f32>>, length: usize) -> Vec<f32> {
    shares.into_iter().fold(vec![0.0; length], |mut total, share| {
        total.iter_mut().zip(share).for_each(|(total, value)| *total += value);
        total
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let window = Window { input: [2, 2, 1], kernel: [2, 2], stride: [1, 1], padding: [0, 0] };
        let output = forward(&[1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 0.0, -1.0, 0.5, 0.5, 0.5, 0.5], window);
        assert_eq!(output, [-3.0, 5.0]);
    }

    #[test]
    fn gradients() {
        let shapes = [
            Window { input: [5, 7, 3], kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
            Window { input: [6, 5, 2], kernel: [3, 3], stride: [2, 2], padding: [1, 1] },
            Window { input: [5, 6, 2], kernel: [3, 2], stride: [2, 1], padding: [0, 1] },
            Window { input: [4, 3, 5], kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
            Window { input: [7, 7, 1], kernel: [5, 3], stride: [3, 2], padding: [2, 0] },
        ];
        for (seed, window) in (0..).zip(shapes) {
            let (samples, channels) = (GROUP + 2, 3);
            let input = random(seed, samples * window.input_len());
            let weight = random(seed + 100, channels * window.taps());
            assert_gradients(&[input, weight], |tape, inputs| conv2d(tape, &inputs[0], &inputs[1], window));
        }
    }
}
