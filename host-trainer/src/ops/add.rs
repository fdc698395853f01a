use super::relu::cut_gradient;
use super::{Tape, Variable, plain};

/// Sum of two variables of one shape; `rectify` cuts what is negative.
pub fn add(tape: &mut Tape, left: &Variable, right: &Variable, rectify: bool) -> Variable {
    let values = forward(left.values(), right.values(), rectify);
    let (left, right) = (left.clone(), right.clone());
    Variable::on_tape(tape, values, move |gradients, output, mut gradient| {
        if rectify {
            cut_gradient(output, &mut gradient);
        }
        left.add_gradient(gradients, gradient.clone())?;
        right.add_gradient(gradients, gradient)
    })
}

pub(crate) fn forward(left: &[f32], right: &[f32], rectify: bool) -> Vec<f32> {
    let mut values: Vec<f32> = left.iter().zip(right).map(|(left, right)| left + right).collect();
    if rectify {
        plain::relu(&mut values);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradients, distinct, random};
    use super::*;

    #[test]
    fn gradients() {
        for rectify in [false, true] {
            // The sum stays clear of 0, where a rectifier has no derivative.
            let left = distinct(1, 40);
            let right: Vec<f32> = random(2, 40).iter().map(|value| value * 1e-3).collect();
            assert_gradients(&[left, right], |tape, inputs| add(tape, &inputs[0], &inputs[1], rectify));
        }
    }

    #[test]
    fn a_variable_may_be_added_to_itself() {
        assert_gradients(&[distinct(3, 10)], |tape, inputs| add(tape, &inputs[0], &inputs[0], false));
    }
}
