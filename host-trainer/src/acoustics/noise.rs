use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::power;

/// White noise of power 1.
#[must_use]
pub fn gaussian(length: usize, rng: &mut impl Rng) -> Vec<f64> {
    StandardNormal.sample_iter(rng).take(length).collect()
}

/// A recording from a random place on, again from its start where it ends; of an empty one, nothing.
#[must_use]
pub fn excerpt(recording: &[i16], length: usize, rng: &mut impl Rng) -> Vec<f64> {
    let start = rng.random_range(0..recording.len().max(1));
    recording.iter().cycle().skip(start).take(length).copied().map(f64::from).collect()
}

/// Adds noise so many dB below the samples; silence stays silent.
pub fn mix(samples: &mut [f64], noise: &[f64], signal_to_noise: f64) {
    let noise_power = power(noise);
    if noise_power > 0.0 {
        let ratio = 10f64.powf(signal_to_noise / 10.0);
        let gain = (power(samples) / noise_power / ratio).sqrt();
        samples.iter_mut().zip(noise).for_each(|(sample, noise)| *sample += gain * noise);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// 4 and 1 are 6 dB apart, by power.
    #[test]
    fn noise_is_as_far_below_as_was_asked_for() {
        let noise = gaussian(20_000, &mut ChaCha8Rng::seed_from_u64(1));
        assert!((power(&noise) - 1.0).abs() < 0.03);
        for (asked, expected) in [(0.0, 4.0), (10.0 * 4f64.log10(), 1.0), (-20.0, 400.0)] {
            let mut samples = vec![2.0; 20_000];
            mix(&mut samples, &noise, asked);
            samples.iter_mut().for_each(|sample| *sample -= 2.0);
            assert!((power(&samples) / expected - 1.0).abs() < 1e-9, "{asked}");
        }
        let mut silence = [0.0; 5];
        mix(&mut silence, &noise, 10.0);
        assert_eq!(silence, [0.0; 5]);
    }

    #[test]
    fn an_excerpt_goes_round() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for _ in 0..10 {
            let found = excerpt(&[1, 2, 3], 7, &mut rng);
            assert!(found.windows(2).all(|pair| pair[1] == pair[0] % 3.0 + 1.0), "{found:?}");
        }
        assert!(excerpt(&[], 7, &mut rng).is_empty());
    }
}
