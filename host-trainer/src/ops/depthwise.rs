use rayon::prelude::*;

use super::conv2d::{Convolution, GROUP, on_tape, sum};
use super::sliding_window::Place;
use super::{SlidingWindow, Tape, Variable};

/// Convolution of each channel by itself. Weights: row, column, channel.
pub fn depthwise_conv2d(
    tape: &mut Tape,
    input: &Variable,
    weight: &Variable,
    window: SlidingWindow,
) -> Variable {
    on_tape(tape, input, weight, window, &Convolution { forward, weight_gradient, add_input_gradient })
}

pub(crate) fn forward(input: &[f32], weight: &[f32], window: SlidingWindow) -> Vec<f32> {
    let samples = input.len() / window.input_len();
    let (channels, output_len) = (window.input[2], window.positions() * window.input[2]);
    let mut output = vec![0.0; samples * output_len];
    let work = output.par_chunks_exact_mut(output_len).zip(input.par_chunks_exact(window.input_len()));
    work.for_each(|(output, input)| {
        for (place, sums) in window.places().zip(output.chunks_exact_mut(channels)) {
            for (from, tap) in taps(window, place) {
                let products = input[from..].iter().zip(&weight[tap..]).map(|(value, weight)| value * weight);
                sums.iter_mut().zip(products).for_each(|(sum, product)| *sum += product);
            }
        }
    });
    output
}

fn weight_gradient(input: &[f32], weights: usize, window: SlidingWindow, gradient: &[f32]) -> Vec<f32> {
    let (input_len, channels) = (window.input_len(), window.input[2]);
    let output_len = window.positions() * channels;
    let groups = input.par_chunks(GROUP * input_len).zip(gradient.par_chunks(GROUP * output_len));
    let share = |(input, gradient): (&[f32], &[f32])| {
        let mut share = vec![0.0; weights];
        for (input, gradient) in input.chunks_exact(input_len).zip(gradient.chunks_exact(output_len)) {
            for (place, gradient) in window.places().zip(gradient.chunks_exact(channels)) {
                for (from, tap) in taps(window, place) {
                    add_products(&mut share[tap..], &input[from..], gradient);
                }
            }
        }
        share
    };
    sum(groups.map(share).collect(), weights)
}

fn add_input_gradient(weight: &[f32], window: SlidingWindow, gradient: &[f32], sums: &mut [f32]) {
    let channels = window.input[2];
    let samples = sums
        .par_chunks_exact_mut(window.input_len())
        .zip(gradient.par_chunks_exact(window.positions() * channels));
    samples.for_each(|(sums, gradient)| {
        for (place, gradient) in window.places().zip(gradient.chunks_exact(channels)) {
            for (from, tap) in taps(window, place) {
                add_products(&mut sums[from..], &weight[tap..], gradient);
            }
        }
    });
}

fn add_products(sums: &mut [f32], left: &[f32], right: &[f32]) {
    sums.iter_mut().zip(left).zip(right).for_each(|((sum, left), right)| *sum += left * right);
}

/// For each position under the window: where its channels start in the input, and where in the weights.
fn taps(window: SlidingWindow, place: Place) -> impl Iterator<Item = (usize, usize)> {
    let [_, width, channels] = window.input;
    let Place { rows, columns, skipped_rows, skipped_columns } = place;
    rows.enumerate().flat_map(move |(index, row)| {
        let tap_row = (skipped_rows + index) * window.kernel[1] + skipped_columns;
        columns
            .clone()
            .enumerate()
            .map(move |(index, column)| ((row * width + column) * channels, (tap_row + index) * channels))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Padding;
    use super::super::testing::{CAUSAL, LATE, assert_gradients, convolved, random};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let window =
            SlidingWindow { input: [1, 2, 2], kernel: [1, 2], stride: [1, 1], padding: Padding::NONE };
        let output = forward(&[1.0, 2.0, 3.0, 4.0], &[1.0, 10.0, -1.0, 1.0], window);
        assert_eq!(output, [-2.0, 24.0]);
    }

    /// The same sums as a convolution over every channel has whose weights between different channels are 0.
    #[test]
    fn sums_are_those_of_the_definition() {
        for padding in [Padding::even(1, 1), CAUSAL, LATE] {
            let window = SlidingWindow { input: [5, 4, 3], kernel: [3, 3], stride: [2, 1], padding };
            let (input, weight) = (random(1, 2 * window.input_len()), random(2, window.taps()));
            let dense = (0..3).flat_map(|output| {
                let keep = move |(index, &weight)| if index % 3 == output { weight } else { 0.0 };
                weight.iter().enumerate().map(keep)
            });
            let expected = convolved(&input, &dense.collect::<Vec<f32>>(), window);
            for (found, expected) in forward(&input, &weight, window).iter().zip(&expected) {
                assert!((found - expected).abs() < 1e-5, "{padding:?}: {found} {expected}");
            }
        }
    }

    #[test]
    fn gradients() {
        let shapes = [
            SlidingWindow { input: [5, 7, 3], kernel: [3, 3], stride: [1, 1], padding: Padding::even(1, 1) },
            SlidingWindow { input: [6, 5, 4], kernel: [3, 3], stride: [2, 2], padding: Padding::even(1, 1) },
            SlidingWindow { input: [5, 6, 1], kernel: [3, 2], stride: [2, 1], padding: Padding::even(0, 1) },
            SlidingWindow { input: [5, 4, 3], kernel: [3, 3], stride: [2, 1], padding: CAUSAL },
            SlidingWindow { input: [3, 3, 1], kernel: [2, 3], stride: [3, 1], padding: LATE },
        ];
        for (seed, window) in (0..).zip(shapes) {
            let input = random(seed, (GROUP + 1) * window.input_len());
            let weight = random(seed + 100, window.taps());
            assert_gradients(&[input, weight], |tape, inputs| {
                depthwise_conv2d(tape, &inputs[0], &inputs[1], window)
            });
        }
    }
}
