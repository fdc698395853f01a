use dfdx::prelude::{
    Backward, Cpu, CpuError, PutTape, SplitTape, Tape as _, TensorFromVec, cross_entropy_with_logits_loss,
};

use super::{Gradients, Tape, Variable};

/// Runs the tape backwards from the mean cross-entropy between the softmax of the logits and the target
/// distributions, one row of `classes` values a sample. Returns the loss and every gradient.
///
/// # Errors
/// Out of memory.
pub fn cross_entropy(
    mut tape: Tape,
    logits: &Variable,
    targets: Vec<f32>,
    classes: usize,
) -> Result<(f32, Gradients), CpuError> {
    let device = Cpu::default();
    let shape = (targets.len() / classes, classes);
    let scores = device.try_tensor_from_vec(logits.values().to_vec(), shape)?;
    let targets = device.try_tensor_from_vec(targets, shape)?;
    let (logits, recorded) = (logits.clone(), scores.clone());
    tape.add_backward_op(move |gradients| {
        let gradient = std::mem::take(&mut **gradients.get_or_alloc_mut(&recorded)?);
        logits.add_gradient(gradients, gradient)
    });
    let (loss, tape) = cross_entropy_with_logits_loss(scores.put_tape(tape), targets).split_tape();
    let value = dfdx::prelude::AsArray::array(&loss);
    Ok((value, loss.put_tape(tape).try_backward()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `softmax(logits) - target`, divided by the number of samples.
    #[test]
    fn gradient_is_the_textbook_one() {
        let logits = Variable::new(vec![1.0, 2.0, 0.5, -1.0, 0.0, 3.0]);
        let targets = vec![0.9, 0.1, 0.0, 0.0, 0.25, 0.75];
        let (loss, mut gradients) = cross_entropy(Tape::default(), &logits, targets.clone(), 3).unwrap();
        let gradient = logits.take_gradient(&mut gradients).unwrap();
        let mut expected_loss = 0.0;
        for sample in 0..2 {
            let row = sample * 3..sample * 3 + 3;
            let exponentials: Vec<f64> =
                logits.values()[row.clone()].iter().map(|&logit| f64::from(logit).exp()).collect();
            let total: f64 = exponentials.iter().sum();
            for (index, exponential) in row.zip(exponentials) {
                let (probability, target) = (exponential / total, f64::from(targets[index]));
                expected_loss -= target * probability.ln() / 2.0;
                let expected = (probability - target) / 2.0;
                assert!((f64::from(gradient[index]) - expected).abs() < 1e-6);
            }
        }
        assert!((f64::from(loss) - expected_loss).abs() < 1e-6);
    }

    /// The loss of two samples, one of which cannot be of the last class, as training tells it: by an offset.
    fn masked_loss(logits: &[f32]) -> (f32, Vec<f32>) {
        let offsets = Variable::constant(vec![0.5, -0.25, -1e4, 0.0, 0.0, 0.0]);
        let variable = Variable::new(logits.to_vec());
        let mut tape = Tape::default();
        let sums = super::super::add(&mut tape, &variable, &offsets, false);
        let targets = vec![0.9, 0.1, 0.0, 0.2, 0.3, 0.5];
        let (loss, mut gradients) = cross_entropy(tape, &sums, targets, 3).unwrap();
        (loss, variable.take_gradient(&mut gradients).unwrap())
    }

    #[test]
    fn what_is_impossible_has_no_gradient_and_the_rest_that_of_finite_differences() {
        let logits = [1.0, 2.0, 5.0, -1.0, 0.0, 3.0];
        let (_, gradient) = masked_loss(&logits);
        for index in 0..logits.len() {
            let moved = |step: f32| {
                let mut logits = logits;
                logits[index] += step;
                masked_loss(&logits).0
            };
            let expected = (moved(0.01) - moved(-0.01)) / 0.02;
            assert!((gradient[index] - expected).abs() < 1e-3, "{index}: {} {expected}", gradient[index]);
        }
        assert_eq!(gradient[2], 0.0);
        assert!(gradient[5] != 0.0);
    }
}
