use rand::{Rng, RngExt};

/// Plays samples up to `furthest` times as slow or as fast, either as likely.
pub(super) fn at_random_speed(samples: &[i16], furthest: f64, rng: &mut impl Rng) -> Vec<i16> {
    speed(samples, rng.random_range(-furthest.ln()..=furthest.ln()).exp())
}

/// Plays samples `factor` times as fast, by Catmull-Rom interpolation.
fn speed(samples: &[i16], factor: f64) -> Vec<i16> {
    let (Some(&first), Some(&last)) = (samples.first(), samples.last()) else { return Vec::new() };
    let padded: Vec<f64> =
        [&[first], samples, &[last; 2]].into_iter().flatten().map(|&sample| f64::from(sample)).collect();
    let length = (samples.len() as f64 / factor) as usize;
    (0..length)
        .map(|index| {
            let position = index as f64 * factor;
            let (whole, t) = (position as usize, position.fract());
            let &[a, b, c, d] = padded[whole..].first_chunk().unwrap_or(&[f64::from(last); 4]);
            let slope = c - a;
            let curve = 2.0 * a - 5.0 * b + 4.0 * c - d;
            let twist = 3.0 * (b - c) + d - a;
            (b + 0.5 * t * (slope + t * (curve + t * twist))).round_ties_even() as i16
        })
        .collect()
}

/// Makes samples louder or quieter by at most `furthest` dB, either as likely.
pub(super) fn amplify(samples: &mut [i16], furthest: f64, rng: &mut impl Rng) {
    let factor = 10f64.powf(rng.random_range(-furthest..=furthest) / 20.0);
    samples.iter_mut().for_each(|sample| *sample = (f64::from(*sample) * factor).round_ties_even() as i16);
}

/// Rotates a window by at most `furthest` samples, both ways.
pub(super) fn rotate(window: &mut [i16], furthest: usize, rng: &mut impl Rng) {
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

    #[test]
    fn speed_moves_a_tone() {
        let tone = |frequency: f64, length: usize| -> Vec<f64> {
            (0..length).map(|n| 8000.0 * (std::f64::consts::TAU * frequency * n as f64).sin()).collect()
        };
        let slow: Vec<i16> = tone(0.02, 4000).iter().map(|value| value.round() as i16).collect();
        let fast = speed(&slow, 1.25);
        assert_eq!(fast.len(), 3200);
        for (found, expected) in fast.iter().zip(tone(0.025, 3200)).take(3190) {
            assert!((f64::from(*found) - expected).abs() < 8.0, "{found} {expected}");
        }
    }

    #[test]
    fn loudness_changes_by_no_more_than_is_allowed() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let amplified = (0..500).map(|_| {
            let mut samples = [1000, -20_000];
            amplify(&mut samples, 6.0, &mut rng);
            let [quiet, loud] = samples.map(i32::from);
            assert!((loud + 20 * quiet).abs() <= 10 || loud == i32::from(i16::MIN), "{quiet} {loud}");
            samples[0]
        });
        // 6 dB are a factor of 1.995.
        let (least, most) = amplified.fold((i16::MAX, 0), |(least, most), x| (x.min(least), x.max(most)));
        assert!((501..530).contains(&least) && (1900..=1995).contains(&most), "{least} {most}");
        let mut samples = [7, -32_768, 32_767];
        amplify(&mut samples, 0.0, &mut rng);
        assert_eq!(samples, [7, -32_768, 32_767]);
    }

    #[test]
    fn speed_1_changes_nothing() {
        assert_eq!(speed(&[1, -7, 30_000, -32_768, 5], 1.0), [1, -7, 30_000, -32_768, 5]);
        assert!(speed(&[], 1.1).is_empty());
    }
}
