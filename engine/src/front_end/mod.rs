//! From samples to the network's input: framing, mel power, dB, normalisation.
//!
//! The definition is librosa 0.11's
//! [`melspectrogram`](https://librosa.org/doc/0.11.0/generated/librosa.feature.melspectrogram.html) with
//! `center=True, pad_mode="constant", window="hann", power=2.0, norm="slaney", fmin=0, fmax=sr/2`, with
//! `htk=False` or, for a [logarithmic scale](MelScale) with a corner at 700 Hz, `htk=True`, and
//! [`power_to_db`](https://librosa.org/doc/0.11.0/generated/librosa.power_to_db.html) with
//! `ref=max, amin=1e-10, top_db=80`, on samples in -1 to 1. Arithmetic is f32 in a fixed order without
//! fused operations, so that every processor gives the same bits.

mod decibel;
mod features;
mod fft;
mod filter_bank;
mod framer;
mod frames;
mod known_voice;
mod mel_frames;
mod mel_scale;
mod real_fft;
mod running;
mod tables;
#[cfg(test)]
mod tests;
mod voice;

pub(crate) use decibel::Decibels;
pub use decibel::decibel;
pub(crate) use features::Affine;
pub(crate) use frames::prior_values;
pub use known_voice::Voice;
pub use mel_frames::MelFrames;
pub(crate) use mel_scale::bands_within;
pub(crate) use real_fft::has_fft;
pub(crate) use running::{MAX_HELD, MAX_LASTING};
pub(crate) use tables::sine;
pub(crate) use voice::rounded_quotient;

pub use crate::blob::{FrontEndParams, MelScale};
#[cfg(feature = "unstable")]
pub use decibel::{STEPS_PER_DECIBEL, decibel_steps};
#[cfg(feature = "unstable")]
pub use features::{Features, Row};

#[cfg(not(feature = "unstable"))]
pub(crate) use decibel::STEPS_PER_DECIBEL;
#[cfg(not(feature = "unstable"))]
pub(crate) use features::Features;

/// The longest FFT.
pub(crate) const MAX_FFT_LENGTH: usize = 2048;
/// The most mel bands.
pub const MAX_MEL_BANDS: usize = 128;
