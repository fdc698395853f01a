use super::vectors::vectorised;
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

/// What is not a number stays so: training has to notice.
pub(crate) fn forward(values: &mut [f32]) {
    values.iter_mut().filter(|value| **value < 0.0).for_each(|value| *value = 0.0);
}

/// No gradient passes where the output was cut.
pub(super) fn cut_gradient(output: &[f32], gradient: &mut [f32]) {
    vectorised(|| {
        for (gradient, &output) in gradient.iter_mut().zip(output) {
            *gradient = if output <= 0.0 { 0.0 } else { *gradient };
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, distinct};
    use super::*;

    #[test]
    fn cuts_negative_values_alone() {
        let mut values = [-1.0, 2.0, f32::NAN, f32::NEG_INFINITY];
        forward(&mut values);
        assert_eq!((values[0], values[1], values[3]), (0.0, 2.0, 0.0));
        assert!(values[2].is_nan());
    }

    #[test]
    fn gradients() {
        assert_gradients(&[distinct(1, 60)], |tape, inputs| relu(tape, &inputs[0]));
    }
}
