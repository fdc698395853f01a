/// Where a tilt turns, in Hz.
const PIVOT: f64 = 1000.0;
/// Below it a tilt is level, in Hz: there is no speech, and the gain would grow without bound.
const LOWEST: f64 = 50.0;

/// The gain of a Butterworth low-pass: -3 dB at `cutoff` Hz, and 6 dB an octave steeper for each `order`
/// (Butterworth, "On the theory of filter amplifiers", 1930).
pub fn low_pass(cutoff: f64, order: i32) -> impl Fn(f64) -> f64 {
    move |frequency| (1.0 + (frequency / cutoff).powi(2 * order)).sqrt().recip()
}

/// The same turned round: what lies below `cutoff` Hz is taken away.
pub fn high_pass(cutoff: f64, order: i32) -> impl Fn(f64) -> f64 {
    move |frequency| (1.0 + (cutoff / frequency).powi(2 * order)).sqrt().recip()
}

/// The gain of a microphone that makes each octave `slope` dB louder than the one below, and leaves 1 kHz as it is.
pub fn tilt(slope: f64) -> impl Fn(f64) -> f64 {
    let exponent = slope / (20.0 * 2f64.log10());
    move |frequency| (frequency.max(LOWEST) / PIVOT).powf(exponent)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::super::{power, shape};
    use super::*;

    fn decibels(gain: f64) -> f64 {
        20.0 * gain.log10()
    }

    /// At the cutoff it is -3 dB, the root of a half. `abs(scipy.signal.freqs(*scipy.signal.butter(4, 1000, btype,
    /// analog=True), [500, 1500, 4000])[1])`.
    #[test]
    fn gains_are_those_of_scipy_s_butterworth_filters() {
        let frequencies = [500.0, 1500.0, 4000.0];
        let low = [0.998_052_578_482_889, 0.193_786_418_212_990, 0.003_906_220_197_962];
        let high = [0.062_378_286_155_181, 0.981_043_742_203_262, 0.999_992_370_692_779];
        for ((frequency, low), high) in frequencies.into_iter().zip(low).zip(high) {
            assert!((low_pass(1000.0, 4)(frequency) - low).abs() < 1e-6, "{frequency}");
            assert!((high_pass(1000.0, 4)(frequency) - high).abs() < 1e-6, "{frequency}");
        }
        assert_eq!(high_pass(1000.0, 4)(0.0), 0.0);
        assert!((low_pass(1000.0, 4)(1000.0) - 0.5f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_tilt_is_as_many_db_an_octave() {
        for (frequency, expected) in [(1000.0, 0.0), (2000.0, -3.0), (8000.0, -9.0), (250.0, 6.0)] {
            assert!((decibels(tilt(-3.0)(frequency)) - expected).abs() < 1e-9, "{frequency}");
        }
        assert_eq!(tilt(-3.0)(0.0), tilt(-3.0)(50.0));
    }

    #[test]
    fn a_tone_gets_the_gain_of_its_frequency() {
        for (frequency, expected) in [(1000.0, 0.0), (5000.0, -3.0103), (10_000.0, -48.165)] {
            let tone = |n: usize| (TAU * frequency * n as f64 / 22_050.0).sin();
            let mut samples: Vec<f64> = (0..22_050).map(tone).collect();
            let before = power(&samples);
            shape(&mut samples, 22_050, low_pass(5000.0, 8));
            let gain = 10.0 * (power(&samples) / before).log10();
            assert!((gain - expected).abs() < 0.01, "{frequency} Hz: {gain} dB");
        }
    }
}
