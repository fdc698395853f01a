//! Features lie frames by bands, a row a frame.

use rand::{Rng, RngExt};

/// Moves the spectrum up or down by at most `furthest` bands; the outermost band fills what becomes free.
pub(super) fn shift_bands(features: &mut [f32], bands: usize, furthest: usize, rng: &mut impl Rng) {
    let by = rng.random_range(0..=2 * furthest);
    let raised = furthest.saturating_sub(by).min(bands - 1);
    let lowered = by.saturating_sub(furthest).min(bands - 1);
    for frame in features.chunks_exact_mut(bands) {
        let (lowest, highest) = (frame[0], frame[bands - 1]);
        frame.copy_within(lowered..bands - raised, raised);
        frame[..raised].fill(lowest);
        frame[bands - lowered..].fill(highest);
    }
}

/// Sets a run of at most `widest` bands to 0, the mean of scaled features.
pub(super) fn mask_bands(input: &mut [f32], bands: usize, widest: usize, rng: &mut impl Rng) {
    let (start, width) = run(bands, widest, rng);
    input.chunks_exact_mut(bands).for_each(|frame| frame[start..start + width].fill(0.0));
}

/// Sets a run of at most `widest` frames to 0, the mean of scaled features.
pub(super) fn mask_frames(input: &mut [f32], bands: usize, widest: usize, rng: &mut impl Rng) {
    let (start, width) = run(input.len() / bands, widest, rng);
    input[start * bands..(start + width) * bands].fill(0.0);
}

/// A run of at most `widest` of `length`: where it starts and how long it is.
fn run(length: usize, widest: usize, rng: &mut impl Rng) -> (usize, usize) {
    let width = rng.random_range(0..=widest.min(length));
    (rng.random_range(0..=length - width), width)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn bands_move_together_and_no_further_than_allowed() {
        let (bands, frames) = (6, 2);
        let ramp: Vec<f32> = (0..bands * frames).map(|index| (index % bands) as f32).collect();
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..40 {
            let mut moved = ramp.clone();
            shift_bands(&mut moved, bands, 2, &mut ChaCha8Rng::seed_from_u64(seed));
            let by = moved[2] - ramp[2];
            seen.insert(by as i32);
            let expected: Vec<f32> = ramp.iter().map(|band| (band + by).clamp(0.0, 5.0)).collect();
            assert_eq!(moved, expected);
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
    }

    #[test]
    fn masks_are_whole_bands_and_frames_no_wider_than_allowed() {
        let (bands, frames) = (10, 20);
        for seed in 0..40 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut input = vec![1.0; bands * frames];
            mask_bands(&mut input, bands, 4, &mut rng);
            let first = input[..bands].to_vec();
            assert!(input.chunks(bands).all(|frame| frame == first));
            assert!(first.iter().filter(|&&v| v == 0.0).count() <= 4);

            let mut input = vec![1.0; bands * frames];
            mask_frames(&mut input, bands, 4, &mut rng);
            let masked = input.chunks(bands).filter(|frame| frame.iter().all(|&v| v == 0.0)).count();
            let kept = input.chunks(bands).filter(|frame| frame.iter().all(|&v| v == 1.0)).count();
            assert_eq!(kept + masked, frames);
            assert!(kept >= frames - 4);
        }
    }
}
