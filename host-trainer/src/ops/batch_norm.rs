use rayon::prelude::*;

use super::relu::cut_gradient;
use super::vectors::vectorised;
use super::{Tape, Variable};
use crate::network::BatchNorm;

/// Positions that are worked on together.
const POSITIONS: usize = 1024;

/// Positions side by side: their channels fill the processor's vectors, however few there are.
const SIDE_BY_SIDE: usize = 16;

/// Mean and variance of each channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Means.
    pub mean: Vec<f32>,
    /// Variances, divided by the number of values.
    pub variance: Vec<f32>,
}

/// Batch normalisation by the batch's own statistics, which are returned (Ioffe and Szegedy, "Batch
/// Normalization", 2015); `rectify` cuts what is negative afterwards.
pub fn batch_norm(
    tape: &mut Tape,
    input: &Variable,
    gamma: &Variable,
    beta: &Variable,
    rectify: bool,
) -> (Variable, Statistics) {
    let statistics = statistics(input.values(), gamma.values().len());
    let values = normalised(input.values(), gamma.values(), beta.values(), &statistics, rectify);
    let (input, gamma, beta, kept) = (input.clone(), gamma.clone(), beta.clone(), statistics.clone());
    let output = Variable::on_tape(tape, values, move |gradients, output, mut gradient| {
        if rectify {
            cut_gradient(output, &mut gradient);
        }
        let [beta_gradient, gamma_gradient] = parameter_gradients(input.values(), &gradient, &kept);
        input_gradient(input.values(), &mut gradient, gamma.values(), &kept, &beta_gradient, &gamma_gradient);
        input.add_gradient(gradients, gradient)?;
        gamma.add_gradient(gradients, gamma_gradient)?;
        beta.add_gradient(gradients, beta_gradient)
    });
    (output, statistics)
}

/// `gamma * (value - mean) / sqrt(variance + 1e-5) + beta`; channels are innermost. `rectify` cuts what is negative.
#[must_use]
pub fn normalised(
    values: &[f32],
    gamma: &[f32],
    beta: &[f32],
    statistics: &Statistics,
    rectify: bool,
) -> Vec<f32> {
    let scales: Vec<f32> =
        gamma.iter().zip(inverse_deviations(statistics)).map(|(gamma, inverse)| gamma * inverse).collect();
    let offsets = beta.iter().zip(&statistics.mean).zip(&scales);
    let offsets: Vec<f32> = offsets.map(|((beta, mean), scale)| beta - mean * scale).collect();
    let (scales, offsets) = (scales.repeat(SIDE_BY_SIDE), offsets.repeat(SIDE_BY_SIDE));
    let lowest = if rectify { 0.0 } else { f32::NEG_INFINITY };
    let mut output = vec![0.0; values.len()];
    let length = POSITIONS * gamma.len();
    output.par_chunks_mut(length).zip(values.par_chunks(length)).for_each(|(output, values)| {
        vectorised(|| {
            for (output, values) in output.chunks_mut(scales.len()).zip(values.chunks(scales.len())) {
                let coefficients = scales.iter().zip(&offsets);
                for ((output, value), (scale, offset)) in output.iter_mut().zip(values).zip(coefficients) {
                    let normalised = value * scale + offset;
                    *output = if normalised < lowest { lowest } else { normalised };
                }
            }
        });
    });
    output
}

fn inverse_deviations(statistics: &Statistics) -> impl Iterator<Item = f32> {
    statistics.variance.iter().map(|variance| 1.0 / (variance + BatchNorm::EPSILON).sqrt())
}

fn statistics(values: &[f32], channels: usize) -> Statistics {
    let count = (values.len() / channels) as f64;
    let [sums, squares] = channel_sums(values, values, channels, |value, _| [value, value * value]);
    let mean: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
    let variance = squares.iter().zip(&mean).map(|(square, mean)| (square / count - mean * mean).max(0.0));
    Statistics {
        variance: variance.map(|variance| variance as f32).collect(),
        mean: mean.iter().map(|&mean| mean as f32).collect(),
    }
}

/// The gradients of beta and gamma: the sums of the gradient, alone and times the normalised input.
fn parameter_gradients(input: &[f32], gradient: &[f32], statistics: &Statistics) -> [Vec<f32>; 2] {
    let channels = statistics.mean.len();
    let [sums, products] =
        channel_sums(input, gradient, channels, |value, gradient| [gradient, value * gradient]);
    let centred = products.iter().zip(&sums).zip(&statistics.mean);
    let gamma = centred.zip(inverse_deviations(statistics)).map(|(((product, sum), &mean), inverse)| {
        ((product - sum * f64::from(mean)) * f64::from(inverse)) as f32
    });
    [sums.iter().map(|&sum| sum as f32).collect(), gamma.collect()]
}

/// Two sums over all positions for each channel, in single precision over 64 positions, in double from there.
fn channel_sums(
    left: &[f32],
    right: &[f32],
    channels: usize,
    terms: impl Fn(f32, f32) -> [f32; 2] + Sync,
) -> [Vec<f64>; 2] {
    let chunks = left.par_chunks(POSITIONS * channels).zip(right.par_chunks(POSITIONS * channels));
    let shares: Vec<[Vec<f32>; 2]> = chunks
        .map(|(left, right)| {
            let width = SIDE_BY_SIDE * channels;
            let [mut first, mut second] = [vec![0.0; width], vec![0.0; width]];
            vectorised(|| {
                for (left, right) in left.chunks(width).zip(right.chunks(width)) {
                    let values = left.iter().zip(right);
                    for ((&left, &right), (first, second)) in values.zip(first.iter_mut().zip(&mut second)) {
                        let [a, b] = terms(left, right);
                        *first += a;
                        *second += b;
                    }
                }
            });
            [first, second]
        })
        .collect();
    let mut totals = [vec![0.0; channels], vec![0.0; channels]];
    for share in shares {
        for (total, share) in totals.iter_mut().zip(share) {
            for row in share.chunks_exact(channels) {
                total.iter_mut().zip(row).for_each(|(total, &value)| *total += f64::from(value));
            }
        }
    }
    totals
}

/// Turns the output's gradient into the input's:
/// `gamma / deviation * (gradient - mean(gradient) - normalised * mean(gradient * normalised))`.
fn input_gradient(
    input: &[f32],
    gradient: &mut [f32],
    gamma: &[f32],
    statistics: &Statistics,
    beta_gradient: &[f32],
    gamma_gradient: &[f32],
) {
    let channels = gamma.len();
    let share = channels as f32 / input.len() as f32;
    // The formula is affine in gradient and input: `scale * gradient + slope * input + offset`.
    let coefficients: Vec<[f32; 3]> = inverse_deviations(statistics)
        .zip(gamma.iter().zip(&statistics.mean))
        .zip(beta_gradient.iter().zip(gamma_gradient))
        .map(|((inverse, (gamma, mean)), (beta_gradient, gamma_gradient))| {
            let scale = gamma * inverse;
            let slope = -scale * inverse * gamma_gradient * share;
            [scale, slope, -scale * beta_gradient * share - slope * mean]
        })
        .collect();
    let [scales, slopes, offsets] = [0, 1, 2].map(|which| {
        let row: Vec<f32> = coefficients.iter().map(|coefficients| coefficients[which]).collect();
        row.repeat(SIDE_BY_SIDE)
    });
    let chunks = gradient.par_chunks_mut(POSITIONS * channels).zip(input.par_chunks(POSITIONS * channels));
    chunks.for_each(|(gradient, input)| {
        vectorised(|| {
            for (gradient, input) in gradient.chunks_mut(scales.len()).zip(input.chunks(scales.len())) {
                let coefficients = scales.iter().zip(&slopes).zip(&offsets);
                let values = gradient.iter_mut().zip(input).zip(coefficients);
                for ((gradient, input), ((scale, slope), offset)) in values {
                    *gradient = scale * *gradient + slope * input + offset;
                }
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn output_has_the_mean_and_deviation_asked_for() {
        let channels = 3;
        let values: Vec<f32> = random(5, 900).iter().map(|value| 4.0 * value + 7.0).collect();
        let (gamma, beta) = ([2.0, 0.5, 1.0], [1.0, -1.0, 0.0]);
        let input = Variable::new(values);
        let (output, _) = batch_norm(
            &mut Tape::default(),
            &input,
            &Variable::new(gamma.to_vec()),
            &Variable::new(beta.to_vec()),
            false,
        );
        let Statistics { mean, variance } = statistics(output.values(), channels);
        for channel in 0..channels {
            assert!((mean[channel] - beta[channel]).abs() < 1e-5);
            assert!((variance[channel].sqrt() - gamma[channel]).abs() < 1e-4);
        }
    }

    #[test]
    fn gradients() {
        let inputs = [random(1, 4 * 35 * 3), vec![1.5, 0.7, -0.4], vec![0.2, -0.1, 0.6]];
        assert_gradients(&inputs, |tape, inputs| {
            batch_norm(tape, &inputs[0], &inputs[1], &inputs[2], false).0
        });
    }

    #[test]
    fn gradients_through_the_rectifier() {
        // Uniform values normalise to less than 2, so one channel passes whole and the other is cut whole.
        let inputs = [random(1, 4 * 35 * 2), vec![0.2, 0.2], vec![1.0, -1.0]];
        assert_gradients(&inputs, |tape, inputs| {
            batch_norm(tape, &inputs[0], &inputs[1], &inputs[2], true).0
        });
    }

    #[test]
    fn gradients_over_several_chunks() {
        let inputs = [random(1, (2 * POSITIONS + 5) * 2), vec![1.5, 0.7], vec![0.2, -0.1]];
        assert_gradients(&inputs, |tape, inputs| {
            batch_norm(tape, &inputs[0], &inputs[1], &inputs[2], false).0
        });
    }
}
