use serde::{Deserialize, Serialize};

use super::{FrontEndSpec, Reference};

/// A band that never changes is left at its mean: its deviation in dB counts as at least this.
const SMALLEST_DEVIATION: f32 = 1e-3;

/// How features in dB or power become the network's float input; fitted on the training clips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum InputScaling {
    /// `(dB - mean[band]) / deviation[band]`.
    PerBand {
        /// Mean of each band in dB relative to the reference.
        mean: Vec<f32>,
        /// Standard deviation of each band in dB; infinite for a band that the network does not hear.
        deviation: Vec<f32>,
    },
    /// `(root - mean) / deviation`, with a root of power.
    Alike {
        /// Mean over all bands.
        mean: f32,
        /// Standard deviation over all bands.
        deviation: f32,
    },
}

impl InputScaling {
    /// Features as they are.
    pub const NONE: Self = Self::Alike { mean: 0.0, deviation: 1.0 };

    /// Fits the scaling to the features of the training clips, frames by bands: for dB the mean and
    /// deviation of each band, for power those of all bands together.
    #[must_use]
    pub fn fit(spec: &FrontEndSpec, features: &[Vec<f32>]) -> Self {
        match spec.reference {
            Reference::WindowMaximum | Reference::Running(_) => {
                let bands = 0..usize::from(spec.mel_bands);
                let moments = bands.map(|band| {
                    let step = usize::from(spec.mel_bands);
                    mean_and_deviation(features.iter().flat_map(|clip| clip.iter().skip(band).step_by(step)))
                });
                let (mean, mut deviation): (_, Vec<f32>) = moments.unzip();
                deviation.iter_mut().take(muted_bands(spec)).for_each(|deviation| *deviation = f32::INFINITY);
                Self::PerBand { mean, deviation }
            }
            Reference::Power { .. } => {
                let (mean, deviation) = mean_and_deviation(features.iter().flatten());
                Self::Alike { mean, deviation }
            }
        }
    }

    /// Turns features, frames by bands, into the network's input.
    #[must_use]
    pub fn apply(&self, features: &[f32]) -> Vec<f32> {
        match self {
            Self::PerBand { mean, deviation } => {
                let scaled = |frame: &[f32]| {
                    let bands = frame.iter().zip(mean.iter().zip(deviation));
                    bands.map(|(db, (mean, deviation))| (db - mean) / deviation).collect::<Vec<f32>>()
                };
                features.chunks_exact(mean.len()).flat_map(scaled).collect()
            }
            Self::Alike { mean, deviation } => {
                features.iter().map(|root| (root - mean) / deviation).collect()
            }
        }
    }
}

fn muted_bands(spec: &FrontEndSpec) -> usize {
    match spec.reference {
        Reference::Running(running) => running.muted_bands.into(),
        Reference::WindowMaximum | Reference::Power { .. } => 0,
    }
}

fn mean_and_deviation<'a>(values: impl Iterator<Item = &'a f32>) -> (f32, f32) {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for &value in values {
        let value = f64::from(value);
        count += 1.0;
        sum += value;
        squares += value * value;
    }
    let mean = sum / f64::max(count, 1.0);
    let variance: f64 = squares / f64::max(count, 1.0) - mean * mean;
    (mean as f32, (variance.max(0.0).sqrt() as f32).max(SMALLEST_DEVIATION))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU8;

    use super::super::MelScale;
    use super::*;

    fn spec(reference: Reference) -> FrontEndSpec {
        FrontEndSpec {
            sample_rate: 22_050,
            fft_length: 512,
            hop_length: 512,
            mel_bands: 2,
            mel_scale: MelScale::Slaney,
            window_samples: 512,
            reference,
        }
    }

    #[test]
    fn each_band_gets_mean_0_and_deviation_1() {
        // Two frames a clip.
        let clips = [vec![-10.0, -5.0, -20.0, -5.0], vec![-30.0, -5.0, -40.0, -5.0]];
        let scaling = InputScaling::fit(&spec(Reference::WindowMaximum), &clips);
        let scaled = [scaling.apply(&clips[0]), scaling.apply(&clips[1])];
        // Deviations from -25 are 15 and 5, their root mean square is the root of 125.
        let unit = 125f32.sqrt();
        let expected = [[15.0 / unit, 0.0, 5.0 / unit, 0.0], [-5.0 / unit, 0.0, -15.0 / unit, 0.0]];
        for (scaled, expected) in scaled.iter().flatten().zip(expected.as_flattened()) {
            assert!((scaled - expected).abs() < 1e-5);
        }
    }

    #[test]
    fn power_gets_mean_0_and_deviation_1_over_all_bands() {
        let clips = [vec![3.0, 1.0, 3.0, 1.0], vec![3.0, 5.0, 3.0, 5.0]];
        let scaling = InputScaling::fit(&spec(Reference::Power { root: NonZeroU8::MIN }), &clips);
        // Deviations from 3 are 0 and 2, half of each; their root mean square is the root of 2.
        let scaled: Vec<f32> = clips.iter().flat_map(|clip| scaling.apply(clip)).collect();
        let unit = 2f32.sqrt();
        for (found, expected) in scaled.iter().zip([0.0, -unit, 0.0, -unit, 0.0, unit, 0.0, unit]) {
            assert!((found - expected).abs() < 1e-5, "{scaled:?}");
        }
    }
}
