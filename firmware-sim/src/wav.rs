//! WAV as the firmware takes it: RIFF, 16-bit PCM, one channel, read in blocks of any size.
//!
//! Format: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991.

use core::fmt;

use embedded_io::{Read, ReadExactError};

/// The format tag of PCM.
const PCM: u16 = 1;

/// The samples of a recording, one block after the other.
pub struct WavReader<R> {
    source: R,
    sample_rate: u32,
    samples_left: usize,
}

impl<R: Read> WavReader<R> {
    /// Reads up to the first sample.
    ///
    /// # Errors
    /// Anything but a 16-bit PCM WAV of one channel; see [`WavError`].
    pub fn new(mut source: R) -> Result<Self, WavError<R::Error>> {
        let [r, i, f, fs, _, _, _, _, w, a, v, e] = read_array(&mut source)?;
        if ([r, i, f, fs], [w, a, v, e]) != (*b"RIFF", *b"WAVE") {
            return Err(WavError::NotWav);
        }
        let mut format = None;
        loop {
            let [i0, i1, i2, i3, l0, l1, l2, l3] = read_array(&mut source)?;
            let length = u32::from_le_bytes([l0, l1, l2, l3]);
            match (&[i0, i1, i2, i3], format) {
                (b"fmt ", _) => format = Some(read_format(&mut source, length)?),
                (b"data", Some(sample_rate)) => {
                    return Ok(Self { source, sample_rate, samples_left: length as usize / 2 });
                }
                (b"data", None) => return Err(WavError::NotWav),
                _ => skip(&mut source, u64::from(length).next_multiple_of(2))?,
            }
        }
    }

    /// Samples per second.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Fills `block` with the next samples, or the part of it that the recording still has: nothing at
    /// its end.
    ///
    /// # Errors
    /// A file that ends before its last sample, or that can't be read.
    pub fn read<'b>(&mut self, block: &'b mut [i16]) -> Result<&'b [i16], WavError<R::Error>> {
        let count = block.len().min(self.samples_left);
        let (samples, _) = block.split_at_mut(count);
        self.source.read_exact(bytemuck::cast_slice_mut(samples))?;
        samples.iter_mut().for_each(|sample| *sample = i16::from_le(*sample));
        self.samples_left -= count;
        Ok(samples)
    }
}

/// The sample rate, if the format is the one that the engine takes.
fn read_format<R: Read>(source: &mut R, length: u32) -> Result<u32, WavError<R::Error>> {
    let [t0, t1, c0, c1, r0, r1, r2, r3, _, _, _, _, _, _, b0, b1] = read_array(source)?;
    let tag = u16::from_le_bytes([t0, t1]);
    let channels = u16::from_le_bytes([c0, c1]);
    let bits = u16::from_le_bytes([b0, b1]);
    if (tag, channels, bits) != (PCM, 1, 16) {
        return Err(WavError::Format { tag, channels, bits });
    }
    skip(source, u64::from(length).next_multiple_of(2).saturating_sub(16))?;
    Ok(u32::from_le_bytes([r0, r1, r2, r3]))
}

fn read_array<R: Read, const N: usize>(source: &mut R) -> Result<[u8; N], WavError<R::Error>> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn skip<R: Read>(source: &mut R, bytes: u64) -> Result<(), WavError<R::Error>> {
    let mut scratch = [0; 64];
    let mut left = bytes;
    while left > 0 {
        let (part, _) = scratch.split_at_mut(left.min(64) as usize);
        source.read_exact(part)?;
        left -= part.len() as u64;
    }
    Ok(())
}

/// Why a recording can't be read; `E` is the source's own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavError<E> {
    /// Not a WAV file, or one without a format before its samples.
    NotWav,
    /// The file ends before its last sample.
    Truncated,
    /// Not 16-bit PCM of one channel.
    Format {
        /// The format tag; 1 is PCM.
        tag: u16,
        /// Channels.
        channels: u16,
        /// Bits per sample.
        bits: u16,
    },
    /// The source failed.
    Source(E),
}

impl<E> From<ReadExactError<E>> for WavError<E> {
    fn from(error: ReadExactError<E>) -> Self {
        match error {
            ReadExactError::UnexpectedEof => Self::Truncated,
            ReadExactError::Other(error) => Self::Source(error),
        }
    }
}

impl<E: fmt::Display> fmt::Display for WavError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWav => f.write_str("this is not a WAV file"),
            Self::Truncated => f.write_str("the WAV file is cut short"),
            Self::Format { tag, channels, bits } => write!(
                f,
                "the WAV file has format {tag}, {channels} channels of {bits} bits; \
                 it must have format 1 (PCM), 1 channel of 16 bits"
            ),
            Self::Source(error) => error.fmt(f),
        }
    }
}
