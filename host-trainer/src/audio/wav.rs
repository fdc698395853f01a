use std::io::Cursor;

use hound::{SampleFormat, WavReader};

use super::{Decoded, check_sample_rate, compressed, mix_down};

/// Decodes a WAV file of any PCM width or of 32 or 64-bit floats.
pub(super) fn decode(bytes: Vec<u8>) -> anyhow::Result<Decoded> {
    if holds_doubles(&bytes) {
        return compressed::decode(bytes);
    }
    let reader = WavReader::new(Cursor::new(&bytes)).map_err(explain)?;
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

/// Whether a file's `fmt ` chunk names 64-bit floats, which hound does not read.
fn holds_doubles(bytes: &[u8]) -> bool {
    const FLOAT: [u8; 2] = [3, 0];
    const EXTENSIBLE: [u8; 2] = [0xFE, 0xFF];
    let mut chunks = bytes.get(12..).unwrap_or_default();
    while let Some((name, rest)) = chunks.split_first_chunk::<4>() {
        let Some((size, body)) = rest.split_first_chunk() else { break };
        if name == b"fmt " {
            let is_float = body.starts_with(&FLOAT) || body.starts_with(&EXTENSIBLE);
            return is_float && body.get(14..16) == Some(&[64, 0]);
        }
        let size = u32::from_le_bytes(*size) as usize;
        chunks = body.get(size.saturating_add(size % 2)..).unwrap_or_default();
    }
    false
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
