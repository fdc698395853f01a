use std::io::Cursor;

use hound::{SampleFormat, WavReader};

use super::{Decoded, check_sample_rate, compressed, mix_down};

/// Decodes a WAV file of any PCM width or of 32 or 64-bit floats.
pub(super) fn decode(mut bytes: Vec<u8>) -> anyhow::Result<Decoded> {
    state_length(&mut bytes);
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
    let body = chunk(bytes, b"fmt ").and_then(|(start, _)| bytes.get(start..)).unwrap_or_default();
    (body.starts_with(&FLOAT) || body.starts_with(&EXTENSIBLE)) && body.get(14..16) == Some(&[64, 0])
}

/// Where a chunk's contents begin, and how many bytes it says it has.
fn chunk(bytes: &[u8], wanted: &[u8; 4]) -> Option<(usize, u32)> {
    let mut start = 12;
    loop {
        let (name, rest) = bytes.get(start..)?.split_first_chunk::<4>()?;
        let size = u32::from_le_bytes(*rest.first_chunk()?);
        start += 8;
        if name == wanted {
            return Some((start, size));
        }
        start = start.checked_add((size as usize).checked_add(size as usize % 2)?)?;
    }
}

/// Programs that write to a pipe (ffmpeg, sox) don't know a recording's length and state a huge one: it goes to the file's end.
fn state_length(bytes: &mut [u8]) {
    const HUGE: u32 = 0x7FFF_0000;
    let Some((start, HUGE..)) = chunk(bytes, b"data") else { return };
    let frame = chunk(bytes, b"fmt ").and_then(|(start, _)| bytes.get(start + 12..start + 14));
    let frame = frame.map_or(1, |frame| usize::from(u16::from_le_bytes([frame[0], frame[1]])).max(1));
    let length = (bytes.len() - start) / frame * frame;
    let length = u32::try_from(length).unwrap_or(HUGE).to_le_bytes();
    bytes[start - 4..start].copy_from_slice(&length);
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
