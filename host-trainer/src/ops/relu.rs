use super::{Tape, Variable};

/// Cuts negative values.
pub fn relu(tape: &mut Tape, input: &Variable) -> Variable {
    let mut values = input.values().to_vec();
    forward(&mut values);
    let input = input.clone();
    Variable::on_tape(tape, values, move |gradients, output, mut gradient| {
        cut_gradient(output, &mut gradient);
        input.add_gradient(gradients, gradient)
    })
}

pub(crate) fn forward(values: &mut [f32]) {
    values.iter_mut().for_each(|value| *value = value.max(0.0));
}

/// No gradient passes where the output was cut.
pub(super) fn cut_gradient(output: &[f32], gradient: &mut [f32]) {
    gradient.iter_mut().zip(output).for_each(|(gradient, &output)| {
        if output <= 0.0 {
            *gradient = 0.0;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, distinct};
    use super::*;

    #[test]
    fn gradients() {
        assert_gradients(&[distinct(1, 60)], |tape, inputs| relu(tape, &inputs[0]));
    }
}
