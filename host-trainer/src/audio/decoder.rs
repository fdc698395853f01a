use symphonia::core::io::MediaSource;

/// Where a recording's bytes come from: a file, or memory.
pub(super) type ByteSource = Box<dyn MediaSource>;

/// Decodes a recording block by block.
pub(super) trait Decoder {
    /// The next block, or none at the end. Blocks can be empty.
    fn next(&mut self) -> anyhow::Result<Option<Decoded>>;
}

/// Some samples before resampling, mixed down to one channel; full scale is 1.
pub(super) struct Decoded {
    pub(super) sample_rate: u32,
    pub(super) samples: Vec<f64>,
}

impl Decoded {
    /// Of interleaved samples, the mean over the channels.
    pub(super) fn mix_down(sample_rate: u32, interleaved: &[f64], channels: usize) -> Self {
        let mean = |frame: &[f64]| frame.iter().sum::<f64>() / frame.len() as f64;
        Self { sample_rate, samples: interleaved.chunks_exact(channels.max(1)).map(mean).collect() }
    }
}
