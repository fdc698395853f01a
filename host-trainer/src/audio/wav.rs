use std::io::Cursor;

use hound::{SampleFormat, WavReader};

use super::{Decoded, check_sample_rate, compressed, mix_down};

/// Decodes a WAV file of any PCM width or of 32 or 64-bit floats.
pub(super) fn decode(bytes: Vec<u8>) -> anyhow::Result<Decoded> {
    let reader = match WavReader::new(Cursor::new(&bytes)) {
        // 64-bit floats.
        Err(hound::Error::Unsupported | hound::Error::TooWide) => {
            return compressed::decode(bytes).map_err(|_| explain(hound::Error::Unsupported));
        }
        reader => reader.map_err(explain)?,
    };
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
            anyhow::anyhow!(
                "WAV files must hold PCM of 8, 16, 24 or 32 bits or floats of 32 or 64 bits; convert it"
            )
        }
        other => anyhow::anyhow!("not a valid WAV file: {other}"),
    }
}
