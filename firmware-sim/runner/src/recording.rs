use std::path::Path;

use anyhow::Context;
use host_trainer::audio;

use crate::Firmware;

impl Firmware {
    /// Runs the firmware over a recording and returns the JSON that it left.
    ///
    /// # Errors
    /// A folder for temporary files that cannot be written to, and those of [`run`](Self::run).
    pub(crate) fn hear(&self, samples: &[i16]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let wav = folder.path().join("recording.wav");
        write_wav(&wav, samples).context("cannot write a temporary file")?;
        self.run(Some(&wav))
    }
}

fn write_wav(path: &Path, samples: &[i16]) -> hound::Result<()> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: audio::SAMPLE_RATE,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()
}
