use std::path::Path;

use anyhow::Context;

use crate::Firmware;
use crate::qemu::{RECORDING, folder};

const UNWRITTEN: &str = "cannot write a temporary file";

impl Firmware {
    /// Runs the firmware over a recording and returns the JSON that it left.
    ///
    /// # Errors
    /// A folder for temporary files that cannot be written to, and those of [`run`](Self::run).
    pub(crate) fn hear(&self, sample_rate: u32, samples: &[i16]) -> anyhow::Result<String> {
        self.hear_told(&[], sample_rate, samples)
    }

    /// The same for a firmware that reads numbers from files: the name and the number of each.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn hear_told(
        &self,
        numbers: &[(&str, u64)],
        sample_rate: u32,
        samples: &[i16],
    ) -> anyhow::Result<String> {
        let folder = folder()?;
        write_wav(&folder.path().join(RECORDING), sample_rate, samples).context(UNWRITTEN)?;
        for (name, number) in numbers {
            std::fs::write(folder.path().join(name), number.to_string()).context(UNWRITTEN)?;
        }
        self.run_in(&folder)
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
