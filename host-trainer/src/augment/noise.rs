use rand::{Rng, RngExt};

use crate::acoustics::{self, HARMONICS, excerpt, gaussian, mix, power, to_f64};

/// The ratio of speech to noise, in dB.
const SIGNAL_TO_NOISE: std::ops::RangeInclusive<f64> = 10.0..=30.0;
/// Voices in babble.
const VOICES: usize = 5;

/// Where noise comes from.
#[derive(Debug, Clone)]
pub struct Noises<'a> {
    /// Recordings of noise; if there are none, background noise is made.
    pub recordings: &'a [Vec<i16>],
    /// Training clips, of which babble is made.
    pub voices: Vec<&'a [i16]>,
    /// Samples a second.
    pub rate: u32,
}

impl Noises<'_> {
    /// Adds Gaussian or background noise at a random level to a window; silence stays silent.
    pub fn add(&self, window: &mut [f64], rng: &mut impl Rng) {
        let length = window.len();
        let noise = if rng.random() { gaussian(length, rng) } else { self.background(length, rng) };
        mix(window, &noise, rng.random_range(SIGNAL_TO_NOISE));
    }

    fn background(&self, length: usize, rng: &mut impl Rng) -> Vec<f64> {
        if !self.recordings.is_empty() {
            let recording = &self.recordings[rng.random_range(0..self.recordings.len())];
            return excerpt(recording, length, rng);
        }
        match rng.random_range(0..3) {
            0 => pink(length, rng),
            1 => self.babble(length, rng),
            _ => hum(length, self.rate, rng),
        }
    }

    /// Several voices at once, of equal power.
    fn babble(&self, length: usize, rng: &mut impl Rng) -> Vec<f64> {
        let mut babble = vec![0.0; length];
        for _ in 0..VOICES.min(self.voices.len()) {
            let voice = self.voices[rng.random_range(0..self.voices.len())];
            let loudness = power(&to_f64(voice)).sqrt().max(1.0);
            let samples = excerpt(voice, length, rng);
            babble.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += sample / loudness);
        }
        babble
    }
}

/// White noise filtered to 3 dB less per octave (Paul Kellet's filter, musicdsp.org, "Pink noise filter", 1999).
fn pink(length: usize, rng: &mut impl Rng) -> Vec<f64> {
    let [mut slow, mut middle, mut fast] = [0.0; 3];
    let filter = |white: f64| {
        slow = 0.99765 * slow + 0.099_046 * white;
        middle = 0.963 * middle + 0.296_516_4 * white;
        fast = 0.57 * fast + 1.052_691_3 * white;
        slow + middle + fast + 0.1848 * white
    };
    gaussian(length, rng).into_iter().map(filter).collect()
}

/// Hum of either mains frequency, each harmonic at a random level and phase.
pub(super) fn hum(length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    let mains = if rng.random() { 50.0 } else { 60.0 };
    let harmonic = |index: usize| {
        (rng.random::<f64>() / (index + 1) as f64, rng.random_range(0.0..std::f64::consts::TAU))
    };
    let harmonics: [_; HARMONICS] = std::array::from_fn(harmonic);
    acoustics::hum(length, rate, mains, harmonics)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn tone() -> Vec<f64> {
        (0..20_000).map(|n| 6000.0 * (0.1 * f64::from(n)).sin()).collect()
    }

    /// In dB.
    fn signal_to_noise(clip: &[f64], noisy: &[f64]) -> f64 {
        let added: Vec<f64> = noisy.iter().zip(clip).map(|(a, b)| a - b).collect();
        10.0 * (power(clip) / power(&added)).log10()
    }

    #[test]
    fn the_level_is_within_the_range() {
        let clip = tone();
        let voice = acoustics::to_i16(&clip);
        let noises = Noises { recordings: &[], voices: vec![&voice], rate: 22_050 };
        for seed in 0..30 {
            let mut noisy = clip.clone();
            noises.add(&mut noisy, &mut ChaCha8Rng::seed_from_u64(seed));
            let decibels = signal_to_noise(&clip, &noisy);
            assert!((9.9..=30.1).contains(&decibels), "{decibels}");
        }
    }

    #[test]
    fn recordings_are_used_where_there_are_some() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let noises = Noises { recordings: &[vec![100, -100]], voices: Vec::new(), rate: 22_050 };
        let noise = noises.background(5, &mut rng);
        assert!(
            noise == [100.0, -100.0, 100.0, -100.0, 100.0] || noise == [-100.0, 100.0, -100.0, 100.0, -100.0]
        );
    }

    #[test]
    fn pink_noise_falls_by_3_db_an_octave() {
        let noise = pink(1 << 16, &mut ChaCha8Rng::seed_from_u64(1));
        // The mean square of differences of octave-wide Haar wavelets is level for 1/f noise.
        let octave = |step: usize| {
            let sums: Vec<f64> = noise.chunks_exact(step).map(|chunk| chunk.iter().sum()).collect();
            let differences = sums.chunks_exact(2).map(|pair| (pair[1] - pair[0]) / step as f64);
            power(&differences.collect::<Vec<_>>())
        };
        let levels: Vec<f64> = [4, 16, 64].into_iter().map(octave).collect();
        for pair in levels.windows(2) {
            assert!((10.0 * (pair[1] / pair[0]).log10()).abs() < 1.5, "{levels:?}");
        }
    }

    #[test]
    fn silence_stays_silent() {
        let mut silence = vec![0.0; 100];
        let noises = Noises { recordings: &[], voices: vec![&[0; 10]], rate: 22_050 };
        for seed in 0..20 {
            noises.add(&mut silence, &mut ChaCha8Rng::seed_from_u64(seed));
        }
        assert_eq!(silence, [0.0; 100]);
    }
}
