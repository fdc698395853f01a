use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::{Beta, Distribution};

/// Which other sample each sample of a batch is mixed with, and by which share: inputs, targets and whatever else
/// belongs to a sample alike (Zhang et al., "mixup: Beyond Empirical Risk Minimization", 2018).
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// The other sample, and the share of the sample itself, 0 to 1.
    partners: Vec<(usize, f32)>,
}

impl Mixture {
    /// Shares are drawn from `Beta(alpha, alpha)`.
    ///
    /// # Panics
    /// If `alpha` is not positive.
    pub fn draw(samples: usize, alpha: f64, rng: &mut impl Rng) -> Self {
        let beta = Beta::new(alpha, alpha).expect("a positive parameter");
        let mut partners: Vec<usize> = (0..samples).collect();
        partners.shuffle(rng);
        Self { partners: partners.into_iter().map(|partner| (partner, beta.sample(rng) as f32)).collect() }
    }

    /// Mixes a row of values for each sample.
    pub fn mix(&self, rows: &mut [Vec<f32>]) {
        let old = rows.to_vec();
        for (row, &(partner, share)) in rows.iter_mut().zip(&self.partners) {
            mix(row, &old[partner], share);
        }
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
        let mixture = Mixture::draw(4, 0.5, &mut ChaCha8Rng::seed_from_u64(1));
        mixture.mix(&mut inputs);
        mixture.mix(&mut targets);
        assert_eq!(inputs, targets);
        assert!(targets.iter().all(|target| (target.iter().sum::<f32>() - 1.0).abs() < 1e-6));
        assert!(targets.iter().any(|target| target.iter().filter(|&&value| value > 0.01).count() == 2));
    }
}
