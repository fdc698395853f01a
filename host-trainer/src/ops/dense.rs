use super::{Padding, SlidingWindow, Tape, Variable, conv2d, plain};

/// Matrix product with each sample, plus a bias. Weights: output, input.
pub fn dense(tape: &mut Tape, input: &Variable, weight: &Variable, bias: &Variable) -> Variable {
    let window = window(input.values(), weight.values(), bias.values());
    let products = conv2d(tape, input, weight, window);
    super::bias(tape, &products, bias)
}

pub(crate) fn forward(input: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let mut output = plain::conv2d(input, weight, window(input, weight, bias));
    plain::bias(&mut output, bias);
    output
}

/// The batch as an image of one row with a pixel a sample, under a window of one pixel.
fn window(input: &[f32], weight: &[f32], bias: &[f32]) -> SlidingWindow {
    let inputs = weight.len() / bias.len();
    let samples = input.len() / inputs;
    SlidingWindow { input: [1, samples, inputs], kernel: [1, 1], stride: [1, 1], padding: Padding::NONE }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn worked_by_hand() {
        let output = forward(&[1.0, 2.0], &[3.0, 4.0, -1.0, 1.0], &[0.5, -0.5]);
        assert_eq!(output, [11.5, 0.5]);
    }

    #[test]
    fn gradients() {
        let inputs = [random(1, 5 * 7), random(2, 3 * 7), random(3, 3)];
        assert_gradients(&inputs, |tape, inputs| dense(tape, &inputs[0], &inputs[1], &inputs[2]));
    }
}
