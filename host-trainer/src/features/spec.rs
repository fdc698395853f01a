use engine::blob::{self, FrontEndParams, MelScale, Normalisation};
use serde::{Deserialize, Serialize};

use super::Reference;

/// The front end's parameters, as a preset chooses them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEndSpec {
    /// Samples per second.
    pub sample_rate: u32,
    /// Samples per FFT: 512, 1024 or 2048.
    pub fft_length: u16,
    /// Samples between frames.
    pub hop_length: u16,
    /// Mel bands, at most 128.
    pub mel_bands: u16,
    /// What the bands are equally wide in: `"slaney"`, as where it is left out, or
    /// `{"logarithmic": {"corner_hz": 700}}`.
    #[serde(default)]
    pub mel_scale: MelScale,
    /// Samples in a window.
    pub window_samples: u32,
    /// What features are relative to: `"window_maximum"`, `{"power": {"root": 4}}` or `{"running": {...}}`.
    pub reference: Reference,
}

impl FrontEndSpec {
    /// Frames in a window.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.window_samples as usize / usize::from(self.hop_length) + 1
    }

    /// The parameters as a blob carries them.
    #[must_use]
    pub fn params<'a>(&self, normalisation: Normalisation<'a>) -> FrontEndParams<'a> {
        FrontEndParams {
            sample_rate: self.sample_rate,
            fft_length: self.fft_length,
            hop_length: self.hop_length,
            window_samples: self.window_samples,
            mel_bands: self.mel_bands,
            mel_scale: self.mel_scale,
            normalisation,
        }
    }
}

impl From<&FrontEndParams<'_>> for FrontEndSpec {
    fn from(params: &FrontEndParams<'_>) -> Self {
        Self {
            sample_rate: params.sample_rate,
            fft_length: params.fft_length,
            hop_length: params.hop_length,
            mel_bands: params.mel_bands,
            mel_scale: params.mel_scale,
            window_samples: params.window_samples,
            reference: match params.normalisation {
                Normalisation::Decibel { reference: blob::Reference::WindowMaximum, .. } => {
                    Reference::WindowMaximum
                }
                Normalisation::Decibel { reference: blob::Reference::Running(running), .. } => {
                    Reference::Running((&running).into())
                }
                Normalisation::Power { root, .. } => Reference::Power { root },
            },
        }
    }
}
