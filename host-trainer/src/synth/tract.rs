//! The vocal tract: resonators.

use std::f64::consts::{PI, TAU};

/// Klatt's digital resonator, `y[n] = a x[n] + b y[n-1] + c y[n-2]`.
#[derive(Debug, Clone)]
pub(super) struct Resonator {
    coefficients: [f64; 3],
    /// What a gliding resonator adds to its coefficients with every sample.
    glide: [f64; 3],
    last: f64,
    before_last: f64,
}

impl Resonator {
    /// With gain 1 at 0 Hz.
    pub(super) fn new(frequency: f64, bandwidth: f64, rate: f64) -> Self {
        Self {
            coefficients: coefficients(frequency, bandwidth, rate),
            glide: [0.0; 3],
            last: 0.0,
            before_last: 0.0,
        }
    }

    /// Moves the resonance over the next so many samples. In steps it would buzz; every point of the line
    /// between two stable resonators' coefficients is stable too.
    pub(super) fn glide(&mut self, frequency: f64, bandwidth: f64, rate: f64, samples: usize) {
        let target = coefficients(frequency, bandwidth, rate);
        for ((glide, from), to) in self.glide.iter_mut().zip(self.coefficients).zip(target) {
            *glide = (to - from) / samples as f64;
        }
    }

    /// Moves the resonance, with gain 1 there instead of at 0 Hz: a band-pass.
    pub(super) fn tune_band(&mut self, frequency: f64, bandwidth: f64, rate: f64) {
        let [_, b, c] = coefficients(frequency, bandwidth, rate);
        let radius = (-c).sqrt();
        let double_angle = (2.0 * TAU * frequency / rate).cos();
        let a = (1.0 - radius) * (1.0 - 2.0 * radius * double_angle + radius * radius).sqrt();
        self.coefficients = [a, b, c];
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> f64 {
        let [a, b, c] = self.coefficients;
        let output = a * input + b * self.last + c * self.before_last;
        self.before_last = self.last;
        self.last = output;
        for (coefficient, glide) in self.coefficients.iter_mut().zip(self.glide) {
            *coefficient += glide;
        }
        output
    }
}

fn coefficients(frequency: f64, bandwidth: f64, rate: f64) -> [f64; 3] {
    let radius = (-PI * bandwidth / rate).exp();
    let c = -radius * radius;
    let b = 2.0 * radius * (TAU * frequency / rate).cos();
    [1.0 - b - c, b, c]
}

/// Resonators in cascade: F1 to F3 as the phones ask, above them those of a uniform tube, odd multiples of
/// a quarter wave (G. Fant, "Acoustic Theory of Speech Production", Mouton, 1960), up to the Nyquist
/// frequency.
#[derive(Debug, Clone)]
pub(super) struct Tract {
    rate: f64,
    scale: f64,
    resonators: Vec<Resonator>,
}

impl Tract {
    /// A uniform tube; `scale` multiplies every formant.
    pub(super) fn new(rate: f64, scale: f64) -> Self {
        let resonators = (0..)
            .map(|n| scale * (500.0 + 1000.0 * f64::from(n)))
            .take_while(|frequency| *frequency < 0.47 * rate)
            .map(|frequency| Resonator::new(frequency, 0.06 * frequency, rate))
            .collect();
        Self { rate, scale, resonators }
    }

    /// Moves F1 to F3, in Hz for a scale of 1, over the next so many samples.
    pub(super) fn glide(&mut self, formants: [f64; 3], bandwidths: [f64; 3], samples: usize) {
        for ((resonator, formant), bandwidth) in self.resonators.iter_mut().zip(formants).zip(bandwidths) {
            resonator.glide(self.scale * formant, bandwidth, self.rate, samples);
        }
    }

    /// One sample through.
    pub(super) fn step(&mut self, input: f64) -> f64 {
        self.resonators.iter_mut().fold(input, |sample, resonator| resonator.step(sample))
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
            let mut resonator = Resonator::new(frequency, bandwidth, rate);
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
            let mut resonator = Resonator::new(500.0, 100.0, rate);
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
                    tract.glide(formants, [60.0, 80.0, 120.0], 1);
                    tract.step(0.0);
                    tract.glide(formants, [60.0, 80.0, 120.0], 1);
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
