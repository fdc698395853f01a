use rayon::prelude::*;

use super::max_pool::pixels;
use super::{SlidingWindow, Tape, Variable};

/// The mean of each channel under the window. A window as large as the input is global average pooling.
pub fn average_pool(tape: &mut Tape, input: &Variable, window: SlidingWindow) -> Variable {
    let values = forward(input.values(), window);
    let input = input.clone();
    Variable::on_tape(tape, values, move |gradients, _, gradient| {
        let output_len = window.positions() * window.input[2];
        input.with_gradient(gradients, |input_gradient| {
            input_gradient
                .par_chunks_exact_mut(window.input_len())
                .zip(gradient.par_chunks_exact(output_len))
                .for_each(|(input_gradient, gradient)| backward(window, gradient, input_gradient));
        })
    })
}

pub(crate) fn forward(input: &[f32], window: SlidingWindow) -> Vec<f32> {
    let (channels, share) = (window.input[2], share(window));
    let output_len = window.positions() * channels;
    let mut output = vec![0.0; input.len() / window.input_len() * output_len];
    let work = output.par_chunks_exact_mut(output_len).zip(input.par_chunks_exact(window.input_len()));
    work.for_each(|(output, input)| {
        for (place, means) in window.places().zip(output.chunks_exact_mut(channels)) {
            for start in pixels(window, place) {
                means.iter_mut().zip(&input[start..]).for_each(|(mean, value)| *mean += value * share);
            }
        }
    });
    output
}

fn backward(window: SlidingWindow, gradient: &[f32], input_gradient: &mut [f32]) {
    let share = share(window);
    for (place, gradient) in window.places().zip(gradient.chunks_exact(window.input[2])) {
        for start in pixels(window, place) {
            let sums = input_gradient[start..].iter_mut();
            sums.zip(gradient).for_each(|(sum, gradient)| *sum += gradient * share);
        }
    }
}

/// What each value under the window adds to the mean.
fn share(window: SlidingWindow) -> f32 {
    1.0 / (window.kernel[0] * window.kernel[1]) as f32
}

#[cfg(test)]
mod tests {
    use super::super::Padding;
    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let window =
            SlidingWindow { input: [2, 2, 2], kernel: [2, 2], stride: [1, 1], padding: Padding::NONE };
        assert_eq!(forward(&[1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 6.0, 60.0], window), [3.0, 30.0]);
    }

    #[test]
    fn gradients() {
        let shapes = [
            SlidingWindow { input: [4, 6, 3], kernel: [2, 2], stride: [2, 2], padding: Padding::NONE },
            SlidingWindow { input: [5, 7, 2], kernel: [3, 2], stride: [1, 2], padding: Padding::NONE },
            SlidingWindow { input: [3, 5, 4], kernel: [3, 5], stride: [1, 1], padding: Padding::NONE },
        ];
        for (seed, window) in (0..).zip(shapes) {
            let input = random(seed, 3 * window.input_len());
            assert_gradients(&[input], |tape, inputs| average_pool(tape, &inputs[0], window));
        }
    }
}
