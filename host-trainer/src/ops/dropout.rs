use rand::{Rng, RngExt};

use super::{Tape, Variable};

/// Sets each value to 0 with probability `rate`, below 1, and scales up the rest, so that the expected sum
/// stays (Srivastava et al., "Dropout", 2014).
pub fn dropout(tape: &mut Tape, input: &Variable, rate: f32, rng: &mut impl Rng) -> Variable {
    let kept = 1.0 / (1.0 - rate);
    let mut factor = || if rng.random::<f32>() < rate { 0.0 } else { kept };
    let factors: Vec<f32> = std::iter::repeat_with(&mut factor).take(input.values().len()).collect();
    let values = input.values().iter().zip(&factors).map(|(value, factor)| value * factor).collect();
    let input = input.clone();
    Variable::on_tape(tape, values, move |gradients, _, mut gradient| {
        gradient.iter_mut().zip(&factors).for_each(|(gradient, factor)| *gradient *= factor);
        input.add_gradient(gradients, gradient)
    })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::super::testing::{assert_gradients, random};
    use super::*;

    #[test]
    fn drops_the_share_asked_for_and_keeps_the_expected_sum() {
        let input = Variable::new(vec![1.0; 10_000]);
        let output = dropout(&mut Tape::default(), &input, 0.3, &mut ChaCha8Rng::seed_from_u64(1));
        let dropped = output.values().iter().filter(|&&value| value == 0.0).count();
        // Four standard deviations of a binomial distribution.
        assert!(dropped.abs_diff(3000) < 4 * 46, "{dropped}");
        assert!(output.values().iter().all(|&value| value == 0.0 || (value - 1.0 / 0.7).abs() < 1e-6));
    }

    #[test]
    fn gradients() {
        assert_gradients(&[random(1, 50)], |tape, inputs| {
            dropout(tape, &inputs[0], 0.4, &mut ChaCha8Rng::seed_from_u64(7))
        });
    }
}
