use std::io::{BufReader, Cursor, ErrorKind, Read, Seek};

use anyhow::{Context, anyhow, ensure};
use hound::{SampleFormat, WavReader, WavSpec};

use super::reader::{Decoded, Decoder, Source};

/// Bytes of samples that are decoded at a time, at least.
const BLOCK: usize = 32 * 1024;
/// The longest description of a format that means anything: that of `WAVE_FORMAT_EXTENSIBLE`.
const FORMAT_BYTES: u32 = 40;
/// Programs that write to a pipe (ffmpeg, sox) don't know a recording's length and state such a one, or a longer one.
const UNKNOWN_LENGTH: u32 = 0x7FFF_0000;
const CUT_SHORT: &str = "the WAV file is cut short; copy it again";

/// Decodes a WAV file of any PCM width or of 32 or 64-bit floats, block by block.
///
/// hound decodes each block as a small WAV file of the same format, so that a recording can have more than 4 GiB.
pub(super) struct Wav {
    source: BufReader<Source>,
    format: Format,
    /// Bytes of samples that are still to come.
    left: u64,
}

impl Wav {
    /// Reads up to the first sample.
    pub(super) fn open(source: Source) -> anyhow::Result<Self> {
        let length = source.byte_len().context("its length is not known")?;
        let mut source = BufReader::new(source);
        let (body, stated) = read_header(&mut source)?;
        let present = length.saturating_sub(source.stream_position()?);
        let format = Format::new(body)?;
        let left =
            if stated < UNKNOWN_LENGTH { stated.into() } else { present / format.frame * format.frame };
        ensure!(left % format.frame == 0, "not a valid WAV file: its last sample is not whole");
        ensure!(left <= present, CUT_SHORT);
        Ok(Self { source, format, left })
    }
}

impl Decoder for Wav {
    fn next(&mut self) -> anyhow::Result<Option<Decoded>> {
        if self.left == 0 {
            return Ok(None);
        }
        let block = (BLOCK as u64).next_multiple_of(self.format.frame).min(self.left);
        self.left -= block;
        let mut bytes = vec![0; block as usize];
        self.source.read_exact(&mut bytes).map_err(cut_short)?;
        self.format.decode(&bytes).map(Some)
    }
}

/// How samples are written.
struct Format {
    /// The contents of a `fmt ` chunk.
    body: Vec<u8>,
    channels: u16,
    sample_rate: u32,
    /// None for 64-bit floats, which hound does not read.
    sample_format: Option<SampleFormat>,
    bits_per_sample: u16,
    /// Bytes of a sample of each channel.
    frame: u64,
}

impl Format {
    fn new(body: Vec<u8>) -> anyhow::Result<Self> {
        if let Some([channels, sample_rate]) = doubles(&body) {
            ensure!(channels > 0, "not a valid WAV file: it has no channels");
            let frame = 8 * u64::from(channels);
            let channels = channels as u16;
            return Ok(Self { body, channels, sample_rate, sample_format: None, bits_per_sample: 64, frame });
        }
        let reader = WavReader::new(Cursor::new(small_file(&body, &[]))).map_err(explain)?;
        let WavSpec { channels, sample_rate, bits_per_sample, sample_format } = reader.spec();
        let block_align = u64::from(u16_at(&body, 12));
        let frame = block_align / u64::from(channels) * u64::from(channels);
        Ok(Self { body, channels, sample_rate, sample_format: Some(sample_format), bits_per_sample, frame })
    }

    fn decode(&self, bytes: &[u8]) -> anyhow::Result<Decoded> {
        let reader = || WavReader::new(Cursor::new(small_file(&self.body, bytes)));
        let interleaved: Result<Vec<f64>, hound::Error> = match self.sample_format {
            None => Ok(bytes.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()),
            Some(SampleFormat::Float) => {
                reader().and_then(|reader| reader.into_samples::<f32>().map(|s| Ok(s?.into())).collect())
            }
            Some(SampleFormat::Int) => {
                let full_scale = 2f64.powi(i32::from(self.bits_per_sample) - 1);
                let sample = |sample: hound::Result<i32>| Ok(f64::from(sample?) / full_scale);
                reader().and_then(|reader| reader.into_samples().map(sample).collect())
            }
        };
        let interleaved = interleaved.map_err(explain)?;
        Ok(Decoded::mix_down(self.sample_rate, &interleaved, self.channels.into()))
    }
}

/// Channels and sample rate of 64-bit floats.
fn doubles(format: &[u8]) -> Option<[u32; 2]> {
    const FLOAT: [u8; 2] = [3, 0];
    const EXTENSIBLE: [u8; 2] = [0xFE, 0xFF];
    let is_float = match format.first_chunk()? {
        &EXTENSIBLE => format.get(24..26)? == FLOAT,
        tag => *tag == FLOAT,
    };
    let sample_rate = u32::from_le_bytes(*format.get(4..)?.first_chunk()?);
    (is_float && u16_at(format, 14) == 64).then_some([u16_at(format, 2).into(), sample_rate])
}

/// The value at an offset, 0 behind the end.
fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    let bytes = bytes.get(offset..).and_then(|bytes| bytes.first_chunk());
    bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

/// A WAV file of a format and some samples.
fn small_file(format: &[u8], samples: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
    let format = [b"fmt ", &length(format)[..], format].concat();
    let data = [b"data", &length(samples)[..], samples].concat();
    let chunks = [b"WAVE", &format[..], &data].concat();
    [b"RIFF", &length(&chunks)[..], &chunks].concat()
}

/// Reads up to the samples: the contents of the `fmt ` chunk, and how many bytes of samples the file says it has.
fn read_header(source: &mut BufReader<Source>) -> anyhow::Result<(Vec<u8>, u32)> {
    let mut riff = [0; 12];
    source.read_exact(&mut riff).map_err(cut_short)?;
    ensure!(riff.ends_with(b"WAVE"), "not a valid WAV file: it is a RIFF file of another kind");
    let mut format = Vec::new();
    loop {
        let mut name_and_size = [0; 8];
        source.read_exact(&mut name_and_size).map_err(cut_short)?;
        let [name @ .., s0, s1, s2, s3] = name_and_size;
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        if name == *b"data" {
            return Ok((format, size));
        }
        let mut rest = i64::from(size) + i64::from(size % 2);
        if name == *b"fmt " {
            format.clear();
            let read = source.by_ref().take(size.min(FORMAT_BYTES).into()).read_to_end(&mut format)?;
            rest -= read as i64;
        }
        source.seek_relative(rest)?;
    }
}

fn cut_short(error: std::io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::UnexpectedEof { anyhow!(CUT_SHORT) } else { error.into() }
}

fn explain(error: hound::Error) -> anyhow::Error {
    match error {
        hound::Error::IoError(error) => cut_short(error),
        hound::Error::Unsupported | hound::Error::TooWide => {
            anyhow!("WAV files must hold PCM of 8, 16, 24 or 32 bits or floats of 32 or 64 bits; convert it")
        }
        other => anyhow!("not a valid WAV file: {other}"),
    }
}
