use super::{Tape, Variable};

/// Adds one value to each channel; channels are innermost.
pub fn bias(tape: &mut Tape, input: &Variable, bias: &Variable) -> Variable {
    let mut values = input.values().to_vec();
    forward(&mut values, bias.values());
    let (input, bias) = (input.clone(), bias.clone());
    Variable::on_tape(tape, values, move |gradients, _, gradient| {
        bias.with_gradient(gradients, |sums| {
            for row in gradient.chunks_exact(sums.len()) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
        })?;
        input.add_gradient(gradients, gradient)
    })
}

pub(crate) fn forward(values: &mut [f32], bias: &[f32]) {
    for pixel in values.chunks_exact_mut(bias.len()) {
        pixel.iter_mut().zip(bias).for_each(|(value, bias)| *value += bias);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn gradients() {
        assert_gradients(&[random(1, 60), random(2, 4)], |tape, inputs| bias(tape, &inputs[0], &inputs[1]));
    }
}
