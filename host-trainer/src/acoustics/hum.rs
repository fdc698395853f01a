use std::f64::consts::TAU;

/// Harmonics of mains hum.
pub const HARMONICS: usize = 8;

/// Mains hum: the mains frequency (50 or 60 Hz) and its harmonics, each with a level (the first is 1) and a phase in
/// radians.
#[must_use]
pub fn hum(length: usize, rate: u32, mains: f64, harmonics: [(f64, f64); HARMONICS]) -> Vec<f64> {
    let mut hum = vec![0.0; length];
    for (number, (level, phase)) in (1..).zip(harmonics) {
        let frequency = TAU * mains * f64::from(number) / f64::from(rate);
        add_tone(&mut hum, frequency, level, phase);
    }
    hum
}

/// Adds `level * sin(frequency * n + phase)`, frequency in radians a sample, by turning a phasor: a sine for
/// each sample would take as long as the network.
pub fn add_tone(samples: &mut [f64], frequency: f64, level: f64, phase: f64) {
    let (turn_sine, turn_cosine) = frequency.sin_cos();
    let (mut sine, mut cosine) = (level * phase.sin(), level * phase.cos());
    for sample in samples {
        *sample += sine;
        (sine, cosine) = (sine * turn_cosine + cosine * turn_sine, cosine * turn_cosine - sine * turn_sine);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turning_phasor_is_a_sine() {
        let mut found = vec![0.5; 66_150];
        add_tone(&mut found, 0.114, 0.3, 2.0);
        for (n, found) in found.into_iter().enumerate() {
            let expected = 0.5 + 0.3 * (0.114 * n as f64 + 2.0).sin();
            assert!((found - expected).abs() < 1e-9, "{n}: {found} {expected}");
        }
    }

    /// A 50 Hz period of 8 kHz has 160 samples, of 100 Hz 80.
    #[test]
    fn hum_repeats_with_the_mains() {
        let mut harmonics = [(0.0, 0.0); HARMONICS];
        harmonics[1] = (0.5, 0.3);
        let second = hum(800, 8000, 50.0, harmonics);
        assert!((0..720).all(|n| (second[n] - second[n + 80]).abs() < 1e-9));
        harmonics[0] = (1.0, 0.0);
        let both = hum(800, 8000, 50.0, harmonics);
        assert!((0..640).all(|n| (both[n] - both[n + 160]).abs() < 1e-9));
        assert!((both[40] - second[40] - 1.0).abs() < 1e-9);
    }
}
