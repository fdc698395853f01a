//! Recordings as the engine hears them: 16 bit, one channel, at the sample rate of a front end.

mod compressed;
mod load;
mod resample;
mod wav;
mod window;

pub use load::{Loaded, decode, load, load_all};
pub(crate) use resample::resample;
pub use window::window;

/// Samples per second of the built-in presets' front ends.
pub const SAMPLE_RATE: u32 = 22_050;
/// Samples of a recording that their models hear: 3 s.
pub const WINDOW_SAMPLES: u32 = 3 * SAMPLE_RATE;

/// A decoded recording before resampling, mixed down to one channel; full scale is 1.
struct Decoded {
    sample_rate: u32,
    samples: Vec<f64>,
}

/// Adds samples to a digest, low byte first on any machine.
pub(crate) fn hash(samples: &[i16], hasher: &mut blake3::Hasher) {
    hasher.update(&samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>());
}

fn check_sample_rate(sample_rate: u32) -> anyhow::Result<()> {
    anyhow::ensure!(
        (8_000..=192_000).contains(&sample_rate),
        "its sample rate of {sample_rate} Hz is not within 8000 to 192000 Hz"
    );
    Ok(())
}

/// The mean over the channels of interleaved samples.
fn mix_down(interleaved: &[f64], channels: usize) -> Vec<f64> {
    interleaved
        .chunks_exact(channels.max(1))
        .map(|frame| frame.iter().sum::<f64>() / frame.len() as f64)
        .collect()
}
