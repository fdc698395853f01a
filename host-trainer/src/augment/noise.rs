use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

/// The ratio of speech to noise, in dB.
const SIGNAL_TO_NOISE: std::ops::RangeInclusive<f64> = 10.0..=30.0;
/// Voices in babble.
const VOICES: usize = 5;
/// Harmonics of mains hum.
const HARMONICS: usize = 8;

/// Where noise comes from.
#[derive(Debug, Clone)]
pub struct Noises<'a> {
    /// Recordings of noise; if there are none, background noise is made.
    pub recordings: Vec<Vec<i16>>,
    /// Training clips, of which babble is made.
    pub voices: Vec<&'a [i16]>,
    /// Samples per second.
    pub sample_rate: u32,
}

impl Noises<'_> {
    /// Adds Gaussian or background noise at a random level to a window; silence stays silent.
    pub fn add(&self, window: &mut [i16], rng: &mut impl Rng) {
        let noise = self.noise(window.len(), rng);
        mix(window, &noise, rng.random_range(SIGNAL_TO_NOISE));
    }

    /// The same with as many dB between a window and its noise.
    pub fn add_at(&self, window: &mut [i16], signal_to_noise: f64, rng: &mut impl Rng) {
        let noise = self.noise(window.len(), rng);
        mix(window, &noise, signal_to_noise);
    }

    fn noise(&self, length: usize, rng: &mut impl Rng) -> Vec<f64> {
        if rng.random() { gaussian(length, rng) } else { self.background(length, rng) }
    }

    fn background(&self, length: usize, rng: &mut impl Rng) -> Vec<f64> {
        if !self.recordings.is_empty() {
            let recording = &self.recordings[rng.random_range(0..self.recordings.len())];
            return excerpt(recording, length, rng).collect();
        }
        match rng.random_range(0..3) {
            0 => pink(length, rng),
            1 => self.babble(length, rng),
            _ => hum(length, self.sample_rate, rng),
        }
    }

    /// Several voices at once, of equal power.
    fn babble(&self, length: usize, rng: &mut impl Rng) -> Vec<f64> {
        let mut babble = vec![0.0; length];
        for _ in 0..VOICES.min(self.voices.len()) {
            let voice = self.voices[rng.random_range(0..self.voices.len())];
            let loudness = power(voice.iter().copied().map(f64::from)).sqrt().max(1.0);
            let samples = excerpt(voice, length, rng);
            babble.iter_mut().zip(samples).for_each(|(sum, sample)| *sum += sample / loudness);
        }
        babble
    }
}

fn mix(window: &mut [i16], noise: &[f64], signal_to_noise: f64) {
    let noise_power = power(noise.iter().copied());
    if noise_power > 0.0 {
        let ratio = 10f64.powf(signal_to_noise / 10.0);
        let gain = (power(window.iter().copied().map(f64::from)) / noise_power / ratio).sqrt();
        for (sample, noise) in window.iter_mut().zip(noise) {
            *sample = (f64::from(*sample) + gain * noise).round_ties_even() as i16;
        }
    }
}

fn power(samples: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = samples.len().max(1) as f64;
    samples.map(|sample| sample * sample).sum::<f64>() / count
}

/// A recording from a random place on, again from its start where it ends.
fn excerpt(recording: &[i16], length: usize, rng: &mut impl Rng) -> impl Iterator<Item = f64> {
    let start = rng.random_range(0..recording.len().max(1));
    recording.iter().cycle().skip(start).take(length).copied().map(f64::from)
}

fn gaussian(length: usize, rng: &mut impl Rng) -> Vec<f64> {
    StandardNormal.sample_iter(rng).take(length).collect()
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

/// The mains frequency of either kind and its harmonics, each at a random level and phase.
fn hum(length: usize, sample_rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    use std::f64::consts::TAU;
    let mains = if rng.random() { 50.0 } else { 60.0 };
    let mut hum = vec![0.0; length];
    for harmonic in 1..=HARMONICS {
        let level = rng.random::<f64>() / harmonic as f64;
        let phase = rng.random_range(0.0..TAU);
        add_tone(&mut hum, TAU * mains * harmonic as f64 / f64::from(sample_rate), level, phase);
    }
    hum
}

/// Adds `level * sin(frequency * n + phase)`, frequency in radians a sample, by turning a phasor: a sine for
/// each sample would take as long as the network.
fn add_tone(samples: &mut [f64], frequency: f64, level: f64, phase: f64) {
    let (turn_sine, turn_cosine) = frequency.sin_cos();
    let (mut sine, mut cosine) = (level * phase.sin(), level * phase.cos());
    for sample in samples {
        *sample += sine;
        (sine, cosine) = (sine * turn_cosine + cosine * turn_sine, cosine * turn_cosine - sine * turn_sine);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn tone() -> Vec<i16> {
        (0..20_000).map(|n| (6000.0 * (0.1 * f64::from(n)).sin()) as i16).collect()
    }

    /// In dB.
    fn signal_to_noise(clip: &[i16], noisy: &[i16]) -> f64 {
        let added: Vec<f64> = noisy.iter().zip(clip).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
        10.0 * (power(clip.iter().copied().map(f64::from)) / power(added.into_iter())).log10()
    }

    #[test]
    fn the_level_is_within_the_range() {
        let clip = tone();
        let noises = Noises { recordings: Vec::new(), voices: vec![&clip], sample_rate: 22_050 };
        for seed in 0..30 {
            let mut noisy = clip.clone();
            noises.add(&mut noisy, &mut ChaCha8Rng::seed_from_u64(seed));
            let decibels = signal_to_noise(&clip, &noisy);
            assert!((9.9..=30.1).contains(&decibels), "{decibels}");
        }
    }

    #[test]
    fn the_level_is_the_one_that_was_asked_for() {
        let clip = tone();
        let noises = Noises { recordings: Vec::new(), voices: vec![&clip], sample_rate: 22_050 };
        for (seed, asked) in (0..).zip([0.0, 12.0, 25.0, 40.0]) {
            let mut noisy = clip.clone();
            noises.add_at(&mut noisy, asked, &mut ChaCha8Rng::seed_from_u64(seed));
            let decibels = signal_to_noise(&clip, &noisy);
            assert!((decibels - asked).abs() < 0.1, "{asked}: {decibels}");
        }
    }

    #[test]
    fn recordings_are_used_where_there_are_some() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let noises = Noises { recordings: vec![vec![100, -100]], voices: Vec::new(), sample_rate: 22_050 };
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
            power(differences.collect::<Vec<_>>().into_iter())
        };
        let levels: Vec<f64> = [4, 16, 64].into_iter().map(octave).collect();
        for pair in levels.windows(2) {
            assert!((10.0 * (pair[1] / pair[0]).log10()).abs() < 1.5, "{levels:?}");
        }
    }

    #[test]
    fn a_turning_phasor_is_a_sine() {
        let mut found = vec![0.5; 66_150];
        add_tone(&mut found, 0.114, 0.3, 2.0);
        for (n, found) in found.into_iter().enumerate() {
            let expected = 0.5 + 0.3 * (0.114 * n as f64 + 2.0).sin();
            assert!((found - expected).abs() < 1e-9, "{n}: {found} {expected}");
        }
    }

    #[test]
    fn silence_stays_silent() {
        let mut silence = vec![0; 100];
        let noises = Noises { recordings: Vec::new(), voices: vec![&[0; 10]], sample_rate: 22_050 };
        for seed in 0..20 {
            noises.add(&mut silence, &mut ChaCha8Rng::seed_from_u64(seed));
        }
        assert_eq!(silence, [0; 100]);
    }
}
