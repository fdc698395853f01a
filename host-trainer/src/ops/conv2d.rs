use rayon::prelude::*;

use super::sliding::{
    Padded, Slides, Sliding, WeightGradient, backward_weights, forward_weights, gradient_margin,
    gradient_size,
};
use super::tile::compute;
use super::{SlidingWindow, Tape, Variable};

/// Samples whose share of the weights' gradient is summed by one thread.
pub(super) const GROUP: usize = 4;

/// 2-D convolution over every input channel. Weights: output channel, row, column, input channel.
pub fn conv2d(tape: &mut Tape, input: &Variable, weight: &Variable, window: SlidingWindow) -> Variable {
    on_tape(tape, input, weight, window, &Convolution { forward, weight_gradient, add_input_gradient })
}

/// A kind of convolution.
pub(super) struct Convolution {
    pub(super) forward: fn(input: &[f32], weight: &[f32], window: SlidingWindow) -> Vec<f32>,
    pub(super) weight_gradient:
        fn(input: &[f32], weights: usize, window: SlidingWindow, gradient: &[f32]) -> Vec<f32>,
    pub(super) add_input_gradient:
        fn(weight: &[f32], window: SlidingWindow, gradient: &[f32], sums: &mut [f32]),
}

/// Puts a convolution of either kind on the tape.
pub(super) fn on_tape(
    tape: &mut Tape,
    input: &Variable,
    weight: &Variable,
    window: SlidingWindow,
    &Convolution { forward, weight_gradient, add_input_gradient }: &Convolution,
) -> Variable {
    let values = forward(input.values(), weight.values(), window);
    let (input, weight) = (input.clone(), weight.clone());
    Variable::on_tape(tape, values, move |gradients, _, gradient| {
        let sums = weight_gradient(input.values(), weight.values().len(), window, &gradient);
        weight.add_gradient(gradients, sums)?;
        if input.is_constant() {
            return Ok(());
        }
        input.with_gradient(gradients, |sums| add_input_gradient(weight.values(), window, &gradient, sums))
    })
}

/// Each row of a window lies together in the padded input, so nothing is laid out anew.
pub(crate) fn forward(input: &[f32], weight: &[f32], window: SlidingWindow) -> Vec<f32> {
    let samples = input.len() / window.input_len();
    let channels = weight.len() / window.taps();
    let output_len = window.positions() * channels;
    let (slides, weights) = (&Slides::forward(&window, channels), &forward_weights(weight, &window));
    let mut output = vec![0.0; samples * output_len];
    let work = output.par_chunks_exact_mut(output_len).zip(input.par_chunks_exact(window.input_len()));
    work.for_each_init(
        || padded(&window),
        |padded, (output, input)| {
            let image = padded.fill(input, window.input[1] * window.input[2]);
            compute(Sliding { slides, image, weights, output });
        },
    );
    output
}

/// Room for an input with its padding.
fn padded(window: &SlidingWindow) -> Padded {
    Padded::new(window.padding.around(window.input), window.padding.before(), window.input[2])
}

fn weight_gradient(input: &[f32], weights: usize, window: SlidingWindow, gradient: &[f32]) -> Vec<f32> {
    let input_len = window.input_len();
    let output_len = window.positions() * weights / window.taps();
    let groups = input.par_chunks(GROUP * input_len).zip(gradient.par_chunks(GROUP * output_len));
    let share = |padded: &mut Padded, (input, gradient): (&[f32], &[f32])| {
        let mut share = vec![0.0; weights];
        for (input, gradient) in input.chunks_exact(input_len).zip(gradient.chunks_exact(output_len)) {
            let image = padded.fill(input, window.input[1] * window.input[2]);
            compute(WeightGradient { window: &window, image, gradient, sums: &mut share });
        }
        share
    };
    sum(groups.map_init(|| padded(&window), share).collect(), weights)
}

fn add_input_gradient(weight: &[f32], window: SlidingWindow, gradient: &[f32], sums: &mut [f32]) {
    let channels = weight.len() / window.taps();
    let output_row = window.output().map_or(0, |[_, width]| width * channels);
    let (slides, weights) = (&Slides::backward(&window, channels), &backward_weights(weight, &window));
    let samples = sums
        .par_chunks_exact_mut(window.input_len())
        .zip(gradient.par_chunks_exact(window.positions() * channels));
    samples.for_each_init(
        || Padded::new(gradient_size(&window), gradient_margin(&window), channels),
        |padded, (output, gradient)| {
            let image = padded.fill(gradient, output_row);
            compute(Sliding { slides, image, weights, output });
        },
    );
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
    use super::super::Padding;
    use super::super::testing::{CAUSAL, LATE, assert_gradients, convolved, random};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let window =
            SlidingWindow { input: [2, 2, 1], kernel: [2, 2], stride: [1, 1], padding: Padding::NONE };
        let output = forward(&[1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 0.0, -1.0, 0.5, 0.5, 0.5, 0.5], window);
        assert_eq!(output, [-3.0, 5.0]);
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        for padding in [Padding::even(1, 2), CAUSAL, LATE] {
            for stride in [[1, 1], [2, 1], [3, 2]] {
                let window = SlidingWindow { input: [5, 4, 2], kernel: [3, 3], stride, padding };
                let (input, weight) = (random(1, 2 * window.input_len()), random(2, 7 * window.taps()));
                let found = forward(&input, &weight, window);
                let expected = convolved(&input, &weight, window);
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-5, "{window:?}: {found} {expected}");
                }
            }
        }
    }

    #[test]
    fn more_channels_than_vectors_hold() {
        for channels in [15, 17, 64, 70] {
            let window =
                SlidingWindow { input: [2, 7, 1], kernel: [1, 1], stride: [1, 1], padding: Padding::NONE };
            let weight = random(1, channels);
            let (input, gradient) = (random(2, 14), random(3, 14 * channels));
            let products = input.iter().flat_map(|value| weight.iter().map(move |weight| value * weight));
            assert_eq!(forward(&input, &weight, window), products.collect::<Vec<f32>>());

            // The same the other way round: as many inputs, one output.
            let window = SlidingWindow { input: [2, 7, channels], ..window };
            let found = weight_gradient(&gradient, channels, window, &input);
            let mut expected = vec![0.0; channels];
            for (row, value) in gradient.chunks_exact(channels).zip(&input) {
                expected.iter_mut().zip(row).for_each(|(sum, input)| *sum = value.mul_add(*input, *sum));
            }
            assert_eq!(found, expected);
            let mut sums = vec![0.0; 14 * channels];
            add_input_gradient(&weight, window, &input, &mut sums);
            let products = input.iter().flat_map(|value| weight.iter().map(move |weight| value * weight));
            assert_eq!(sums, products.collect::<Vec<f32>>());
        }
    }

    #[test]
    fn channels_do_not_matter_to_each_other() {
        let window =
            SlidingWindow { input: [4, 7, 2], kernel: [3, 3], stride: [1, 2], padding: Padding::even(1, 1) };
        let (channels, taps, positions) = (70, window.taps(), window.positions());
        let (input, weight) = (random(1, window.input_len()), random(2, channels * taps));
        let gradient = random(3, positions * channels);
        let output = forward(&input, &weight, window);
        let weights = weight_gradient(&input, weight.len(), window, &gradient);
        let mut inputs = vec![0.0; input.len()];
        add_input_gradient(&weight, window, &gradient, &mut inputs);
        for channel in 0..channels {
            let of_channel = |values: &[f32]| -> Vec<f32> {
                values.iter().skip(channel).step_by(channels).copied().collect()
            };
            let alone = &weight[channel * taps..][..taps];
            assert_eq!(of_channel(&output), forward(&input, alone, window));
            let gradient = of_channel(&gradient);
            assert_eq!(weights[channel * taps..][..taps], weight_gradient(&input, taps, window, &gradient));
            let opposite: Vec<f32> = gradient.iter().map(|value| -value).collect();
            add_input_gradient(alone, window, &opposite, &mut inputs);
        }
        assert!(inputs.iter().all(|left| left.abs() < 1e-4));
    }

    #[test]
    fn gradients() {
        let shapes = [
            SlidingWindow { input: [5, 7, 3], kernel: [3, 3], stride: [1, 1], padding: Padding::even(1, 1) },
            SlidingWindow { input: [6, 5, 2], kernel: [3, 3], stride: [2, 2], padding: Padding::even(1, 1) },
            SlidingWindow { input: [5, 6, 2], kernel: [3, 2], stride: [2, 1], padding: Padding::even(0, 1) },
            SlidingWindow { input: [4, 3, 5], kernel: [1, 1], stride: [1, 1], padding: Padding::NONE },
            SlidingWindow { input: [7, 7, 1], kernel: [5, 3], stride: [3, 2], padding: Padding::even(2, 0) },
            SlidingWindow { input: [4, 7, 2], kernel: [1, 2], stride: [2, 3], padding: Padding::even(0, 1) },
            SlidingWindow { input: [3, 8, 1], kernel: [2, 5], stride: [1, 2], padding: Padding::even(1, 3) },
            SlidingWindow { input: [5, 4, 2], kernel: [3, 3], stride: [1, 1], padding: CAUSAL },
            SlidingWindow { input: [6, 5, 2], kernel: [3, 3], stride: [2, 2], padding: CAUSAL },
            SlidingWindow { input: [3, 3, 1], kernel: [2, 3], stride: [3, 1], padding: LATE },
        ];
        for (seed, window) in (0..).zip(shapes) {
            let (samples, channels) = (GROUP + 2, 3);
            let input = random(seed, samples * window.input_len());
            let weight = random(seed + 100, channels * window.taps());
            assert_gradients(&[input, weight], |tape, inputs| conv2d(tape, &inputs[0], &inputs[1], window));
        }
    }
}
