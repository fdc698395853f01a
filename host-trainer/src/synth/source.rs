//! The sound of the glottis.

use std::f64::consts::TAU;

use rand_chacha::ChaCha8Rng;

use super::random::{factor, normal};

/// Glottal pulses after D. H. Klatt and L. C. Klatt, "Analysis, synthesis, and perception of voice quality
/// variations among female and male talkers", J. Acoust. Soc. Am. 87(2), 1990 (their KLGLOTT88 source): the
/// flow rises and falls as `u^2 (1 - u)` while the glottis is open, then a first-order low-pass takes high
/// frequencies away.
#[derive(Debug, Clone)]
pub(super) struct Glottis {
    rate: f64,
    open_quotient: f64,
    jitter: f64,
    /// Feedback of the low-pass.
    lag: f64,
    phase: f64,
    /// This period's length and loudness relative to the mean.
    stretch: f64,
    loudness: f64,
    flow: f64,
    filtered: f64,
}

impl Glottis {
    /// `tilt` is how many dB are missing at 3 kHz, at least 0; `jitter` the standard deviation of the
    /// period's length.
    pub(super) fn new(rate: f64, open_quotient: f64, tilt: f64, jitter: f64) -> Self {
        Self {
            rate,
            open_quotient,
            jitter,
            lag: low_pass_lag(tilt, rate),
            phase: 0.0,
            stretch: 1.0,
            loudness: 1.0,
            flow: 0.0,
            filtered: 0.0,
        }
    }

    /// The next sample at a pitch in Hz: the flow's derivative, for the lips radiate the change of flow.
    pub(super) fn next(&mut self, pitch: f64, rng: &mut ChaCha8Rng) -> f64 {
        self.phase += pitch / (self.rate * self.stretch);
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            self.stretch = (1.0 + normal(rng, self.jitter)).max(0.5);
            // Where the period trembles, so does its amplitude.
            self.loudness = factor(rng, 3.0 * self.jitter);
        }
        let open = (self.phase / self.open_quotient).min(1.0);
        let flow = self.loudness * 6.75 * open * open * (1.0 - open);
        // The difference of flows rather than the derivative's formula: the flow has no jump, so it aliases
        // less.
        let radiated = (flow - self.flow) * self.rate / (TAU * 1000.0);
        self.flow = flow;
        self.filtered += (1.0 - self.lag) * (radiated - self.filtered);
        self.filtered
    }
}

/// The `a` for which `(1 - a) / (1 - a z^-1)` loses so many dB at 3 kHz.
fn low_pass_lag(tilt: f64, rate: f64) -> f64 {
    let kept = 10f64.powf(-tilt.max(0.01) / 10.0);
    let half_linear = 1.0 - kept * (TAU * 3000.0 / rate).cos();
    let outer = 1.0 - kept;
    (half_linear - (half_linear * half_linear - outer * outer).sqrt()) / outer
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::low_pass_lag;

    proptest! {
        #[test]
        fn the_low_pass_loses_the_tilt_at_3_khz(tilt in 0.1..24.0, rate in 16_000.0..48_000.0) {
            let lag = low_pass_lag(tilt, rate);
            prop_assert!((0.0..1.0).contains(&lag));
            let angle = std::f64::consts::TAU * 3000.0 / rate;
            let (real, imaginary) = (1.0 - lag * angle.cos(), lag * angle.sin());
            let power = (1.0 - lag).powi(2) / (real * real + imaginary * imaginary);
            prop_assert!((10.0 * power.log10() + tilt).abs() < 1e-6);
        }
    }
}
