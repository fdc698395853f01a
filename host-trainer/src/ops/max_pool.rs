use rayon::prelude::*;

use super::sliding_window::Place;
use super::{SlidingWindow, Tape, Variable};

/// The largest value of each channel under the window; of equals, the first one passes the gradient.
pub fn max_pool(tape: &mut Tape, input: &Variable, window: SlidingWindow) -> Variable {
    let values = forward(input.values(), window);
    let input = input.clone();
    Variable::on_tape(tape, values, move |gradients, output, gradient| {
        let (input_len, output_len) = (window.input_len(), output_len(window));
        input.with_gradient(gradients, |input_gradient| {
            input_gradient
                .par_chunks_exact_mut(input_len)
                .zip(input.values().par_chunks_exact(input_len))
                .zip(output.par_chunks_exact(output_len))
                .zip(gradient.par_chunks_exact(output_len))
                .for_each(|(((input_gradient, input), output), gradient)| {
                    backward(window, input, output, gradient, input_gradient);
                });
        })
    })
}

pub(crate) fn forward(input: &[f32], window: SlidingWindow) -> Vec<f32> {
    let (input_len, output_len) = (window.input_len(), output_len(window));
    let mut output = vec![f32::NEG_INFINITY; input.len() / input_len * output_len];
    let work = output.par_chunks_exact_mut(output_len).zip(input.par_chunks_exact(input_len));
    work.for_each(|(output, input)| {
        for (place, maxima) in window.places().zip(output.chunks_exact_mut(window.input[2])) {
            for start in pixels(window, place) {
                maxima.iter_mut().zip(&input[start..]).for_each(|(max, &value)| *max = max.max(value));
            }
        }
    });
    output
}

fn backward(
    window: SlidingWindow,
    input: &[f32],
    output: &[f32],
    gradient: &[f32],
    input_gradient: &mut [f32],
) {
    let channels = window.input[2];
    let positions = window.places().zip(output.chunks_exact(channels).zip(gradient.chunks_exact(channels)));
    for (place, (maxima, gradient)) in positions {
        let starts: Vec<usize> = pixels(window, place).collect();
        for (channel, (&max, &gradient)) in maxima.iter().zip(gradient).enumerate() {
            let mut indices = starts.iter().map(|start| start + channel);
            if let Some(index) = indices.find(|&index| input[index] == max) {
                input_gradient[index] += gradient;
            }
        }
    }
}

fn output_len(window: SlidingWindow) -> usize {
    window.positions() * window.input[2]
}

/// Where each position under the window starts in the input.
pub(super) fn pixels(window: SlidingWindow, place: Place) -> impl Iterator<Item = usize> {
    let [_, width, channels] = window.input;
    place.rows.flat_map(move |row| place.columns.clone().map(move |column| (row * width + column) * channels))
}

#[cfg(test)]
mod tests {
    use super::super::Padding;
    use super::super::testing::{assert_gradients, distinct};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let window =
            SlidingWindow { input: [2, 3, 1], kernel: [2, 2], stride: [1, 1], padding: Padding::NONE };
        assert_eq!(forward(&[1.0, 5.0, 2.0, 3.0, -1.0, 4.0], window), [5.0, 5.0]);
    }

    #[test]
    fn gradients() {
        let shapes = [
            SlidingWindow { input: [4, 6, 3], kernel: [2, 2], stride: [2, 2], padding: Padding::NONE },
            SlidingWindow { input: [5, 7, 2], kernel: [3, 2], stride: [1, 2], padding: Padding::NONE },
        ];
        for (seed, window) in (0..).zip(shapes) {
            let input = distinct(seed, 3 * window.input_len());
            assert_gradients(&[input], |tape, inputs| max_pool(tape, &inputs[0], window));
        }
    }
}
