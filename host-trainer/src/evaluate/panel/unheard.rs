use std::f64::consts::TAU;

use rand::{Rng, RngExt};

use crate::acoustics::{add_tone, gaussian};

/// Where brown noise becomes level, in Hz: without it, it would wander away.
const CORNER: f64 = 20.0;
/// Chords of three notes, in semitones above A3.
const CHORDS: [[i32; 3]; 4] = [[0, 4, 7], [-3, 0, 5], [-7, -2, 2], [-5, -1, 2]];
/// A3, in Hz.
const LOWEST_NOTE: f64 = 220.0;

/// Noise of a kind that training does not add, one of three by number: brown, a machine, or music.
pub(in crate::evaluate) fn unheard(kind: usize, length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    match kind % 3 {
        0 => brown(length, rate, rng),
        1 => machine(length, rate, rng),
        _ => music(length, rate, rng),
    }
}

/// White noise that falls by 6 dB an octave: traffic, wind on a microphone.
fn brown(length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    let keeps = (-TAU * CORNER / f64::from(rate)).exp();
    let mut sum = 0.0;
    let step = |white: f64| {
        sum = keeps * sum + white;
        sum
    };
    gaussian(length, rng).into_iter().map(step).collect()
}

/// Noise that swells with each turn of a motor, and a knock that rings at each turn.
fn machine(length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    let rate = f64::from(rate);
    let turn = rate / rng.random_range(6.0..20.0);
    let (ring, fades) = (TAU * rng.random_range(800.0..2500.0) / rate, 1.0 / (0.004 * rate));
    let sample = |(n, white): (usize, f64)| {
        let since_knock = n as f64 % turn;
        let swell = 0.6 + 0.4 * (TAU * since_knock / turn).sin();
        let knock = 6.0 * (-fades * since_knock).exp() * (ring * since_knock).sin();
        swell * white + knock
    };
    gaussian(length, rng).into_iter().enumerate().map(sample).collect()
}

/// Chords, two a second, plucked: each note with five harmonics.
fn music(length: usize, rate: u32, rng: &mut impl Rng) -> Vec<f64> {
    let mut music = vec![0.0; length];
    let (beat, first) = ((rate / 2).max(1) as usize, rng.random_range(0..CHORDS.len()));
    for (number, chord) in music.chunks_mut(beat).enumerate() {
        for note in CHORDS[(first + number) % CHORDS.len()] {
            let frequency = TAU * LOWEST_NOTE * 2f64.powf(f64::from(note) / 12.0) / f64::from(rate);
            for harmonic in 1..=5 {
                let phase = rng.random_range(0.0..TAU);
                add_tone(chord, frequency * f64::from(harmonic), 1.0 / f64::from(harmonic), phase);
            }
        }
        let fades = 1.0 / (0.3 * f64::from(rate));
        chord.iter_mut().enumerate().for_each(|(n, sample)| *sample *= (-fades * n as f64).exp());
    }
    music
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::acoustics::{low_pass, power, shape};

    /// The share of its power that lies below a frequency.
    fn share_below(frequency: f64, noise: &[f64]) -> f64 {
        let mut low = noise.to_vec();
        shape(&mut low, 16_000, low_pass(frequency, 30));
        power(&low) / power(noise)
    }

    fn noise(kind: usize) -> Vec<f64> {
        unheard(kind, 48_000, 16_000, &mut ChaCha8Rng::seed_from_u64(5))
    }

    /// Of a spectrum that falls by 6 dB an octave from 20 Hz on, `2 / pi * atan(f / 20)` lies below f: 87 % below 100
    /// Hz.
    #[test]
    fn brown_noise_is_deep() {
        let share = share_below(100.0, &noise(0));
        assert!((0.82..0.92).contains(&share), "{share}");
    }

    #[test]
    fn music_is_made_of_notes() {
        // The lowest note is seven semitones below A3, 147 Hz, the highest harmonic five times E4's 330 Hz.
        assert!(share_below(120.0, &noise(2)) < 0.05);
        assert!(share_below(1800.0, &noise(2)) > 0.95);
    }

    #[test]
    fn the_kinds_differ_and_the_seed_decides() {
        let [brown, machine, music] = [0, 1, 2].map(noise);
        assert!(brown != machine && machine != music);
        assert_eq!((noise(1), noise(3)), (machine, brown));
    }
}
