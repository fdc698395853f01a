use std::io::{BufReader, Cursor, Read, Seek};

use anyhow::{Context, anyhow, ensure};
use hound::WavReader;

use super::decoder::{ByteSource, Decoded, Decoder};
use super::riff::{Format, Header, cut_short, read_header};

/// Bytes of samples that are decoded at a time, at least.
const BLOCK: usize = 32 * 1024;

/// Decodes a WAV file of any PCM width or of 32 or 64-bit floats, block by block.
///
/// hound decodes each block as a small WAV file whose header is whole, so that a recording can have more than 4 GiB and
/// an odd header.
pub(super) struct Wav {
    source: BufReader<ByteSource>,
    format: Format,
    /// Bytes of samples that are still to come.
    left: u64,
}

impl Wav {
    /// Reads up to the first sample.
    pub(super) fn open(source: ByteSource) -> anyhow::Result<Self> {
        let length = source.byte_len().context("its length is not known")?;
        let mut source = BufReader::new(source);
        let Header { format, stated } = read_header(&mut source)?;
        let present = length.saturating_sub(source.stream_position()?);
        let left = stated.unwrap_or(present);
        ensure!(left <= present, cut_short(std::io::ErrorKind::UnexpectedEof.into()));
        // Some editors leave a byte of the next sample behind the last.
        Ok(Self { source, format, left: left / format.frame() * format.frame() })
    }
}

impl Decoder for Wav {
    fn next(&mut self) -> anyhow::Result<Option<Decoded>> {
        if self.left == 0 {
            return Ok(None);
        }
        let block = (BLOCK as u64).next_multiple_of(self.format.frame()).min(self.left);
        self.left -= block;
        let mut bytes = vec![0; block as usize];
        self.source.read_exact(&mut bytes).map_err(cut_short)?;
        let interleaved = interleaved(&self.format, &bytes)?;
        Ok(Some(Decoded::mix_down(self.format.sample_rate, &interleaved, self.format.channels.into())))
    }
}

fn interleaved(format: &Format, bytes: &[u8]) -> anyhow::Result<Vec<f64>> {
    if format.bits == 64 {
        return Ok(bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect());
    }
    let file = Cursor::new(small_file(format, bytes)?);
    let samples: Result<Vec<f64>, hound::Error> = WavReader::new(file).and_then(|reader| {
        if format.is_float {
            return reader.into_samples::<f32>().map(|sample| Ok(sample?.into())).collect();
        }
        let full_scale = 2f64.powi(i32::from(format.bits) - 1);
        reader.into_samples::<i32>().map(|sample| Ok(f64::from(sample?) / full_scale)).collect()
    });
    samples.map_err(explain)
}

/// A WAV file of a format and some samples, with nothing in its header that a strict reader refuses.
fn small_file(format: &Format, samples: &[u8]) -> anyhow::Result<Vec<u8>> {
    let align = u16::try_from(format.frame()).context("it has too many channels")?;
    let tag = if format.is_float { 3 } else { 1_u16 };
    let byte_rate = format.sample_rate.saturating_mul(align.into());
    let halves = |value: u32| [value as u16, (value >> 16) as u16];
    let [rate, byte_rate] = [format.sample_rate, byte_rate].map(halves);
    let fields = [&[tag, format.channels][..], &rate, &byte_rate, &[align, format.bits]].concat();
    let fields: Vec<u8> = fields.into_iter().flat_map(u16::to_le_bytes).collect();
    let chunk = |name: &[u8; 4], body: &[u8]| [name, &(body.len() as u32).to_le_bytes()[..], body].concat();
    Ok(chunk(b"RIFF", &[b"WAVE", &chunk(b"fmt ", &fields)[..], &chunk(b"data", samples)].concat()))
}

fn explain(error: hound::Error) -> anyhow::Error {
    match error {
        hound::Error::IoError(error) => cut_short(error),
        other => anyhow!("not a valid WAV file: {other}"),
    }
}
