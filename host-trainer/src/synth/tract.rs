//! The vocal tract: resonators.

use std::f64::consts::{PI, TAU};

/// Klatt's digital resonator, `y[n] = a x[n] + b y[n-1] + c y[n-2]`, with gain 1 at 0 Hz.
#[derive(Debug, Clone, Default)]
pub(super) struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    last: f64,
    before_last: f64,
}

impl Resonator {
    /// Moves the resonance; what rings goes on ringing.
    pub(super) fn tune(&mut self, frequency: f64, bandwidth: f64, rate: f64) {
        let radius = (-PI * bandwidth / rate).exp();
        self.c = -radius * radius;
        self.b = 2.0 * radius * (TAU * frequency / rate).cos();
        self.a = 1.0 - self.b - self.c;
    }

    /// Moves the resonance, with gain 1 there instead of at 0 Hz: a band-pass.
    pub(super) fn tune_band(&mut self, frequency: f64, bandwidth: f64, rate: f64) {
        self.tune(frequency, bandwidth, rate);
        let radius = (-self.c).sqrt();
        let double_angle = (2.0 * TAU * frequency / rate).cos();
        self.a = (1.0 - radius) * (1.0 - 2.0 * radius * double_angle + radius * radius).sqrt();
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> f64 {
        let output = self.a * input + self.b * self.last + self.c * self.before_last;
        self.before_last = self.last;
        self.last = output;
        output
    }
}

/// Resonators in cascade: F1 to F3 as the phones ask, above them those of a uniform tube, odd multiples of a quarter
/// wave (G. Fant, "Acoustic Theory of Speech Production", Mouton, 1960), up to the Nyquist frequency.
#[derive(Debug, Clone)]
pub(super) struct Tract {
    rate: f64,
    scale: f64,
    moving: [Resonator; 3],
    fixed: Vec<Resonator>,
}

impl Tract {
    /// `scale` multiplies every formant.
    pub(super) fn new(rate: f64, scale: f64) -> Self {
        let fixed = (3..)
            .map(|n| scale * (500.0 + 1000.0 * f64::from(n)))
            .take_while(|frequency| *frequency < 0.47 * rate)
            .map(|frequency| {
                let mut resonator = Resonator::default();
                resonator.tune(frequency, 0.06 * frequency, rate);
                resonator
            })
            .collect();
        Self { rate, scale, moving: Default::default(), fixed }
    }

    /// Moves F1 to F3, in Hz for a scale of 1.
    pub(super) fn shape(&mut self, formants: [f64; 3], bandwidths: [f64; 3]) {
        for ((resonator, formant), bandwidth) in self.moving.iter_mut().zip(formants).zip(bandwidths) {
            resonator.tune(self.scale * formant, bandwidth, self.rate);
        }
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> f64 {
        let moved = self.moving.iter_mut().fold(input, |sample, resonator| resonator.step(sample));
        self.fixed.iter_mut().fold(moved, |sample, resonator| resonator.step(sample))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::acoustics::power_at;
    use super::*;

    fn impulse(length: usize) -> impl Iterator<Item = f64> {
        std::iter::once(1.0).chain(std::iter::repeat(0.0)).take(length)
    }

    proptest! {
        #[test]
        fn a_resonator_keeps_0_hz_and_halves_the_power_half_a_bandwidth_away(
            frequency in 800.0..3000.0,
            bandwidth in 50.0..120.0,
        ) {
            let rate = 48_000.0;
            let mut resonator = Resonator::default();
            resonator.tune(frequency, bandwidth, rate);
            let response: Vec<f64> = impulse(48_000).map(|sample| resonator.step(sample)).collect();
            let power = |at: f64| power_at(&response, at, rate);
            prop_assert!((power(0.0) - 1.0).abs() < 1e-6);
            for side in [-0.5, 0.5] {
                let ratio = power(frequency + side * bandwidth) / power(frequency);
                prop_assert!((ratio - 0.5).abs() < 0.1, "{ratio}");
            }
        }

        #[test]
        fn a_band_keeps_its_centre(frequency in 1000.0..6000.0, bandwidth in 500.0..6000.0) {
            let rate = 16_000.0;
            let mut resonator = Resonator::default();
            resonator.tune_band(frequency, bandwidth, rate);
            let response: Vec<f64> = impulse(4000).map(|sample| resonator.step(sample)).collect();
            prop_assert!((power_at(&response, frequency, rate) - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn formants_lie_where_asked_at_every_rate() {
        // The vowels of the corners of the vowel space, a man's and a woman's tract.
        for rate in [16_000.0, 44_100.0, 48_000.0] {
            for scale in [1.0, 1.17] {
                for formants in [[310.0, 2020.0, 2960.0], [700.0, 1220.0, 2600.0], [350.0, 1250.0, 2200.0]] {
                    let mut tract = Tract::new(rate, scale);
                    tract.shape(formants, [60.0, 80.0, 120.0]);
                    let response: Vec<f64> =
                        impulse(rate as usize / 5).map(|sample| tract.step(sample)).collect();
                    for formant in formants {
                        let asked = scale * formant;
                        let nearby = (-20..=20).map(|step| asked * (1.0 + f64::from(step) / 200.0));
                        let peak = nearby
                            .max_by(|&a, &b| {
                                power_at(&response, a, rate).total_cmp(&power_at(&response, b, rate))
                            })
                            .unwrap();
                        assert!((peak / asked - 1.0).abs() < 0.02, "{peak} Hz instead of {asked} at {rate}");
                    }
                }
            }
        }
    }
}
