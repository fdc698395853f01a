use std::path::Path;

use anyhow::Context;

use crate::Firmware;

impl Firmware {
    /// Runs the firmware over a recording and returns the JSON that it left.
    ///
    /// # Errors
    /// A folder for temporary files that cannot be written to, and those of [`run`](Self::run).
    pub(crate) fn hear(&self, sample_rate: u32, samples: &[i16]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let wav = folder.path().join("recording.wav");
        write_wav(&wav, sample_rate, samples).context("cannot write a temporary file")?;
        self.run(Some(&wav))
    }
}

fn write_wav(path: &Path, sample_rate: u32, samples: &[i16]) -> hound::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()
}
