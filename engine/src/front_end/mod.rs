//! From samples to the network's input: framing, mel power, dB, normalisation.

mod feature_window;
mod mel_frames;

pub use feature_window::FeatureWindow;
pub use mel_frames::MelFrames;

/// The longest FFT.
pub const MAX_FFT_LENGTH: usize = 2048;
/// The most mel bands.
pub const MAX_MEL_BANDS: usize = 128;
