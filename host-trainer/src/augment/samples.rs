use rand::{Rng, RngExt};

use crate::acoustics;
use crate::audio::{nearest_smooth, resample};

/// Speeds are multiples of one in so many, so that a ratio of small whole numbers is left to resample by.
const STEPS: u32 = 720;

/// Plays samples up to `furthest` times as slow or as fast, either as likely.
pub(super) fn at_random_speed(samples: &[i16], furthest: f64, rng: &mut impl Rng) -> Vec<i16> {
    let factor = rng.random_range(-furthest.ln()..=furthest.ln()).exp();
    // One of the sixteen speeds from 1/1.15 to 1.15 by which resampling is fast.
    speed(samples, nearest_smooth((f64::from(STEPS) * factor).round() as usize) as u32)
}

/// Plays samples `steps` 720ths times as fast.
fn speed(samples: &[i16], steps: u32) -> Vec<i16> {
    if steps == STEPS {
        return samples.to_vec();
    }
    // A recording that is played faster is one of a higher rate.
    let played = resample(&acoustics::to_f64(samples), steps, STEPS).expect("both rates are above 0");
    acoustics::to_i16(&played)
}

/// Rotates a window by at most `furthest` samples, both ways.
pub(super) fn rotate<T>(window: &mut [T], furthest: usize, rng: &mut impl Rng) {
    let by = rng.random_range(0..=2 * furthest);
    if by >= furthest {
        window.rotate_left((by - furthest) % window.len().max(1));
    } else {
        window.rotate_right((furthest - by) % window.len().max(1));
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// 8000 high, its frequency in turns a sample.
    fn tone(frequency: f64, length: usize) -> Vec<f64> {
        (0..length).map(|n| 8000.0 * (std::f64::consts::TAU * frequency * n as f64).sin()).collect()
    }

    #[test]
    fn speed_moves_a_tone_and_nothing_else() {
        for (frequency, steps) in [(0.02, 900), (0.02, 612), (0.3, 828), (0.4, 760)] {
            let played = speed(&acoustics::to_i16(&tone(frequency, 40_000)), steps);
            assert_eq!(played.len(), (40_000 * 720_usize).div_ceil(steps as usize));
            let factor = f64::from(steps) / 720.0;
            // Without the ends, where the tone is switched on and off.
            let expected = tone(frequency * factor, played.len());
            for n in played.len() / 4..played.len() * 3 / 4 {
                let error = f64::from(played[n]) - expected[n];
                assert!(error.abs() < 2.0, "{frequency} at {steps}: {error}");
            }
        }
    }

    #[test]
    fn what_is_too_high_once_it_is_faster_is_gone() {
        let played = speed(&acoustics::to_i16(&tone(0.48, 40_000)), 792);
        assert!(played[9000..27_000].iter().all(|sample| sample.abs() <= 2));
    }

    #[test]
    fn speed_1_changes_nothing() {
        assert_eq!(speed(&[1, -7, 30_000, -32_768, 5], 720), [1, -7, 30_000, -32_768, 5]);
        assert!(speed(&[], 756).is_empty());
    }

    #[test]
    fn a_window_is_rotated_both_ways() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let rotated = (0..100).map(|_| {
            let mut window = [0, 1, 2, 3, 4, 5, 6];
            rotate(&mut window, 2, &mut rng);
            window[0]
        });
        let firsts: std::collections::BTreeSet<i32> = rotated.collect();
        assert_eq!(firsts, [0, 1, 2, 5, 6].into());
    }
}
