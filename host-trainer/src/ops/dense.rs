use super::matrix::{Matrix, multiply, multiply_add};
use super::{Tape, Variable};

/// Matrix product with each sample, plus a bias. Weights: output, input.
pub fn dense(tape: &mut Tape, input: &Variable, weight: &Variable, bias: &Variable) -> Variable {
    let values = forward(input.values(), weight.values(), bias.values());
    let (input, weight, bias) = (input.clone(), weight.clone(), bias.clone());
    Variable::on_tape(tape, values, move |gradients, _, gradient| {
        let units = bias.values().len();
        let inputs = weight.values().len() / units;
        let rows = Matrix::new(&gradient, units);
        input
            .with_gradient(gradients, |sum| multiply_add(rows, Matrix::new(weight.values(), inputs), sum))?;
        weight.with_gradient(gradients, |sum| {
            multiply_add(rows.transposed(), Matrix::new(input.values(), inputs), sum);
        })?;
        bias.with_gradient(gradients, |sum| add_rows(&gradient, sum))
    })
}

pub(crate) fn forward(input: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let inputs = weight.len() / bias.len();
    let mut output = vec![0.0; input.len() / inputs * bias.len()];
    multiply(Matrix::new(input, inputs), Matrix::new(weight, inputs).transposed(), &mut output);
    add_to_rows(bias, &mut output);
    output
}

/// Adds one row to each of many.
pub(super) fn add_to_rows(row: &[f32], rows: &mut [f32]) {
    for sums in rows.chunks_exact_mut(row.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
}

/// Adds each of many rows to one.
pub(super) fn add_rows(rows: &[f32], sums: &mut [f32]) {
    for row in rows.chunks_exact(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
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
