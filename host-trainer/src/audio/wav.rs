use std::io::Cursor;

use hound::{SampleFormat, WavReader};

use super::{Decoded, check_sample_rate, mix_down};

/// Decodes a WAV file of any PCM width or of 32-bit floats.
pub(super) fn decode(bytes: &[u8]) -> anyhow::Result<Decoded> {
    let reader = WavReader::new(Cursor::new(bytes)).map_err(explain)?;
    let spec = reader.spec();
    check_sample_rate(spec.sample_rate)?;
    let interleaved: Result<Vec<f64>, _> = match spec.sample_format {
        SampleFormat::Int => {
            let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
            reader.into_samples::<i32>().map(|sample| Ok(f64::from(sample?) / full_scale)).collect()
        }
        SampleFormat::Float => reader.into_samples::<f32>().map(|sample| Ok(f64::from(sample?))).collect(),
    };
    let samples = mix_down(&interleaved.map_err(explain)?, usize::from(spec.channels));
    Ok(Decoded { sample_rate: spec.sample_rate, samples })
}

fn explain(error: hound::Error) -> anyhow::Error {
    match error {
        hound::Error::IoError(_) => anyhow::anyhow!("the WAV file is cut short; copy it again"),
        hound::Error::Unsupported | hound::Error::TooWide => {
            anyhow::anyhow!("WAV files must hold PCM of 8, 16, 24 or 32 bits or 32-bit floats; convert it")
        }
        other => anyhow::anyhow!("not a valid WAV file: {other}"),
    }
}
