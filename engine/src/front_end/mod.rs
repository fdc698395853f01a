//! From samples to the network's input: framing, mel power, dB, normalisation.
//!
//! The definition is librosa 0.11's
//! [`melspectrogram`](https://librosa.org/doc/0.11.0/generated/librosa.feature.melspectrogram.html) with
//! `center=True, pad_mode="constant", window="hann", power=2.0, norm="slaney", fmin=0, fmax=sr/2`, with
//! `htk=False` or, for a [logarithmic scale](crate::blob::MelScale) with a corner at 700 Hz, `htk=True`, and
//! [`power_to_db`](https://librosa.org/doc/0.11.0/generated/librosa.power_to_db.html) with
//! `ref=max, amin=1e-10, top_db=80`, on samples in -1 to 1. Arithmetic is f32 in a fixed order without
//! fused operations, so that every processor gives the same bits.

mod decibel;
mod features;
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
pub use decibel::{STEPS_PER_DECIBEL, decibel, decibel_steps};
pub(crate) use features::Affine;
pub use features::{Features, Row};
pub(crate) use frames::prior_values;
pub use known_voice::Voice;
pub use mel_frames::MelFrames;
pub(crate) use mel_scale::bands_within;
pub(crate) use real_fft::has_fft;
pub(crate) use running::{MAX_HELD, MAX_LASTING};
pub(crate) use tables::sine;

/// The longest FFT.
pub const MAX_FFT_LENGTH: usize = 2048;
/// The most mel bands.
pub const MAX_MEL_BANDS: usize = 128;
