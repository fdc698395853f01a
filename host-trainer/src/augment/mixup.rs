use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::{Beta, Distribution};

/// Mixes each sample of a batch with another: inputs and targets by the same random share, drawn from
/// `Beta(alpha, alpha)` (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018).
pub fn mixup(inputs: &mut [Vec<f32>], targets: &mut [Vec<f32>], alpha: f64, rng: &mut impl Rng) {
    let beta = Beta::new(alpha, alpha).expect("a positive parameter");
    let mut partners: Vec<usize> = (0..inputs.len()).collect();
    partners.shuffle(rng);
    let (old_inputs, old_targets) = (inputs.to_vec(), targets.to_vec());
    for (index, partner) in partners.into_iter().enumerate() {
        let share = beta.sample(rng) as f32;
        mix(&mut inputs[index], &old_inputs[partner], share);
        mix(&mut targets[index], &old_targets[partner], share);
    }
}

fn mix(values: &mut [f32], others: &[f32], share: f32) {
    values.iter_mut().zip(others).for_each(|(value, other)| *value = share * *value + (1.0 - share) * other);
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn inputs_and_targets_are_mixed_alike() {
        // Each input is its own target, so mixing must keep them equal.
        let one_hot =
            |class: usize| (0..4).map(|index| f32::from(u8::from(index == class))).collect::<Vec<f32>>();
        let mut inputs: Vec<Vec<f32>> = (0..4).map(one_hot).collect();
        let mut targets = inputs.clone();
        mixup(&mut inputs, &mut targets, 0.5, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(inputs, targets);
        assert!(targets.iter().all(|target| (target.iter().sum::<f32>() - 1.0).abs() < 1e-6));
        assert!(targets.iter().any(|target| target.iter().filter(|&&value| value > 0.01).count() == 2));
    }
}
