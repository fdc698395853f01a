use std::io::{ErrorKind, Read, Seek};

use anyhow::{anyhow, bail, ensure};

/// The longest description of a format that means anything: that of `WAVE_FORMAT_EXTENSIBLE`.
const FORMAT_BYTES: u32 = 40;
/// Programs that write to a pipe (ffmpeg, sox) don't know a recording's length and state such a one, or a longer one.
const UNKNOWN_LENGTH: u32 = 0x7FFF_0000;
const CUT_SHORT: &str = "the WAV file is cut short; copy it again";

/// What a WAV file's header says up to the first sample.
pub(super) struct Header {
    pub(super) format: Format,
    /// Bytes of samples, as far as the file says so.
    pub(super) stated: Option<u64>,
}

/// How samples are written. Of the `fmt ` chunk only what a decoder needs is believed: recorders get its other fields
/// wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Format {
    pub(super) is_float: bool,
    pub(super) channels: u16,
    pub(super) sample_rate: u32,
    /// Bits that a sample takes, a multiple of 8. Where fewer count they are the upper ones, so that full scale is the
    /// same.
    pub(super) bits: u16,
}

impl Format {
    /// Bytes of a sample of each channel.
    pub(super) fn frame(&self) -> u64 {
        u64::from(self.channels) * u64::from(self.bits / 8)
    }

    /// From the contents of a `fmt ` chunk.
    fn new(body: &[u8]) -> anyhow::Result<Self> {
        const EXTENSIBLE: u16 = 0xFFFE;
        ensure!(body.len() >= 16, "not a valid WAV file: it does not say how its samples are written");
        let tag = match u16_at(body, 0) {
            EXTENSIBLE => u16_at(body, 24),
            tag => tag,
        };
        let is_float = match tag {
            1 => false,
            3 => true,
            other => bail!("it holds {}; convert it to PCM", codec(other)),
        };
        let (channels, align, valid) = (u16_at(body, 2), u16_at(body, 12), u16_at(body, 14));
        ensure!(channels > 0, "not a valid WAV file: it has no channels");
        let stored = if align % channels == 0 { (align / channels).saturating_mul(8) } else { 0 };
        // Where the two disagree, the larger number is out of range, or right.
        let bits = stored.max(valid.div_ceil(8).saturating_mul(8));
        ensure!(
            if is_float { [32, 64].contains(&bits) } else { [8, 16, 24, 32].contains(&bits) },
            "WAV files must hold PCM of 8, 16, 24 or 32 bits or floats of 32 or 64 bits; convert it"
        );
        Ok(Self {
            is_float,
            channels,
            sample_rate: u32::from(u16_at(body, 4)) | u32::from(u16_at(body, 6)) << 16,
            bits,
        })
    }
}

/// What a format's number stands for.
fn codec(tag: u16) -> String {
    match tag {
        0x02 | 0x11 => "ADPCM".to_owned(),
        0x06 => "A-law".to_owned(),
        0x07 => "mu-law".to_owned(),
        0x31 => "GSM 6.10".to_owned(),
        0x50 => "MPEG audio".to_owned(),
        0x55 => "MP3".to_owned(),
        0xFF | 0x1600 | 0x1610 => "AAC".to_owned(),
        other => format!("sound in the format 0x{other:04X}"),
    }
}

/// The value at an offset, 0 behind the end.
fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    let bytes = bytes.get(offset..).and_then(|bytes| bytes.first_chunk());
    bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
}

/// Reads up to the samples.
pub(super) fn read_header(mut source: impl Read + Seek) -> anyhow::Result<Header> {
    let mut riff = [0; 12];
    source.read_exact(&mut riff).map_err(cut_short)?;
    ensure!(riff.ends_with(b"WAVE"), "not a valid WAV file: it is a RIFF file of another kind");
    let [_, _, _, _, s0, s1, s2, s3, ..] = riff;
    let behind_riff = 8 + u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
    let mut format = Vec::new();
    loop {
        let mut name_and_size = [0; 8];
        source.read_exact(&mut name_and_size).map_err(cut_short)?;
        let [name @ .., s0, s1, s2, s3] = name_and_size;
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        if name == *b"data" {
            // A recorder that was switched off left the lengths as they were at the start.
            let never_finished = size == 0 && behind_riff <= source.stream_position()?;
            let stated = (size < UNKNOWN_LENGTH && !never_finished).then_some(size.into());
            return Ok(Header { format: Format::new(&format)?, stated });
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

/// What a file that ends too early is called.
pub(super) fn cut_short(error: std::io::Error) -> anyhow::Error {
    if error.kind() == ErrorKind::UnexpectedEof { anyhow!(CUT_SHORT) } else { error.into() }
}
