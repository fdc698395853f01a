//! Changes to training clips that leave the emotion: noise, speed and shift of the samples, masks and band
//! shift of the features, mixtures of clips. All randomness comes from the caller's generator, so a clip is
//! changed the same way whatever else is going on.

mod mixup;
mod noise;
mod samples;
mod spectrogram;

pub use mixup::mixup;
pub use noise::Noises;

use rand::{Rng, RngExt};

use crate::audio;
use crate::features::{FrontEndSpec, InputScaling, raw};

/// What is done to training clips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augmentation {
    /// The share of clips to which noise is added.
    pub noisy_share: f64,
    /// Slowest and fastest playback; pitch changes with it.
    pub speed: Option<[f64; 2]>,
    /// Seconds by which a window is rotated at most, both ways.
    pub shift: f64,
    /// Bands set to their mean.
    pub band_masks: Masks,
    /// Frames set to their mean.
    pub time_masks: Masks,
    /// Bands by which the spectrum is moved at most, both ways.
    pub band_shift: usize,
    /// The parameter of mixup's beta distribution.
    pub mixup: Option<f64>,
}

/// Masks over a spectrogram (Park et al., "SpecAugment", 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Masks {
    /// How many.
    pub count: usize,
    /// The largest width.
    pub width: usize,
}

impl Masks {
    /// No masks.
    pub const NONE: Self = Self { count: 0, width: 0 };
}

/// Turns recordings into disturbed network inputs.
#[derive(Debug, Clone, Copy)]
pub struct Augmenter<'a> {
    /// What to do.
    pub augmentation: Augmentation,
    /// From samples to features.
    pub front_end: FrontEndSpec,
    /// From features to the network's input.
    pub scaling: &'a InputScaling,
    /// What to disturb with.
    pub noises: &'a Noises<'a>,
}

impl Augmenter<'_> {
    /// The network's input for a whole recording, disturbed.
    #[must_use]
    pub fn input(&self, recording: &[i16], rng: &mut impl Rng) -> Vec<f32> {
        let Augmentation { noisy_share, speed, shift, band_masks, time_masks, band_shift, .. } =
            self.augmentation;
        let length = self.front_end.window_samples as usize;
        let mut window = match speed {
            Some([slowest, fastest]) => {
                let factor = rng.random_range(slowest.ln()..=fastest.ln()).exp();
                audio::window(&samples::speed(recording, factor), length)
            }
            None => audio::window(recording, length),
        };
        samples::rotate(&mut window, (shift * f64::from(self.front_end.sample_rate)) as usize, rng);
        if rng.random_bool(noisy_share) {
            self.noises.add(&mut window, rng);
        }
        let mut features = raw(&window, &self.front_end);
        let frames = self.front_end.frames();
        spectrogram::shift_bands(&mut features, frames, band_shift, rng);
        let mut input = self.scaling.apply(&features);
        spectrogram::mask_bands(&mut input, frames, band_masks, rng);
        spectrogram::mask_frames(&mut input, frames, time_masks, rng);
        input
    }
}
