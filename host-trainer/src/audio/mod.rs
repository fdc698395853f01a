//! Recordings as the engine hears them: 16 bit, one channel, at the sample rate of a front end.

mod compressed;
mod decoder;
mod load;
mod peaks;
mod reader;
mod resample;
mod riff;
mod smooth;
mod wav;
mod window;

pub use load::{Loaded, blocks, decode, load, load_all};
pub use peaks::Peaks;
pub(crate) use resample::resample;
pub(crate) use smooth::{nearest_smooth, next_smooth};
pub use window::{Loudest, window};

/// Samples per second of the built-in presets' front ends.
pub const SAMPLE_RATE: u32 = 22_050;
/// Samples of a recording that their models hear: 3 s.
pub const WINDOW_SAMPLES: u32 = 3 * SAMPLE_RATE;

/// Adds samples to a digest, low byte first on any machine.
pub(crate) fn hash(samples: &[i16], hasher: &mut blake3::Hasher) {
    hasher.update(&samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>());
}
