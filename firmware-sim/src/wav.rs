//! WAV as the firmware takes it: RIFF, 16-bit PCM, one channel, read in blocks of any size.
//!
//! Format: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991.

use embedded_io::{Read, ReadExactError};

/// The format tag of PCM.
const PCM: u16 = 1;
/// Bytes that every format has; some have an extension.
const FORMAT_BYTES: u32 = 16;

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
                _ => skip(&mut source, padded(length))?,
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
    let Some(extension) = length.checked_sub(FORMAT_BYTES) else { return Err(WavError::NotWav) };
    let [t0, t1, c0, c1, r0, r1, r2, r3, _, _, _, _, f0, f1, b0, b1] = read_array(source)?;
    let tag = u16::from_le_bytes([t0, t1]);
    let channels = u16::from_le_bytes([c0, c1]);
    // A sample may take more bytes than its bits fill: the samples are as far apart as a frame is long.
    let stored = (u16::from_le_bytes([f0, f1]) / channels.max(1)).saturating_mul(8);
    let bits = u16::from_le_bytes([b0, b1]).max(stored);
    if (tag, channels, bits) != (PCM, 1, 16) {
        return Err(WavError::Format { tag, channels, bits });
    }
    skip(source, padded(extension))?;
    Ok(u32::from_le_bytes([r0, r1, r2, r3]))
}

/// Chunks fill whole words of 16 bits.
fn padded(length: u32) -> u64 {
    u64::from(length).next_multiple_of(2)
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
        /// Bits that a sample takes.
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

#[cfg(target_os = "none")]
impl<E: defmt::Format> defmt::Format for WavError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::NotWav => defmt::write!(f, "this is not a WAV file"),
            Self::Truncated => defmt::write!(f, "the WAV file is cut short"),
            Self::Format { tag, channels, bits } => defmt::write!(
                f,
                "the WAV file has format {}, {} channels of {} bits; \
                 it must have format 1 (PCM), 1 channel of 16 bits",
                tag,
                channels,
                bits
            ),
            Self::Source(error) => error.format(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn chunk(id: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let padding = vec![0; contents.len() % 2];
        [id, &(contents.len() as u32).to_le_bytes(), contents, &padding].concat()
    }

    fn format(tag: u16, channels: u16, bits: u16) -> Vec<u8> {
        let rate = 22_050_u32;
        let block = channels * bits / 8;
        let mut contents = [tag.to_le_bytes(), channels.to_le_bytes()].concat();
        contents.extend([rate.to_le_bytes(), (rate * u32::from(block)).to_le_bytes()].concat());
        contents.extend([block.to_le_bytes(), bits.to_le_bytes()].concat());
        contents
    }

    fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"RIFF", &[b"WAVE".to_vec(), chunks.concat()].concat())
    }

    fn data(samples: &[i16]) -> Vec<u8> {
        chunk(b"data", &samples.iter().flat_map(|sample| sample.to_le_bytes()).collect::<Vec<_>>())
    }

    fn read_all(bytes: &[u8], block: usize) -> Result<Vec<i16>, WavError<std::convert::Infallible>> {
        let mut reader = WavReader::new(bytes)?;
        assert_eq!(reader.sample_rate(), 22_050);
        let mut block = vec![0; block];
        let mut samples = Vec::new();
        loop {
            let part = reader.read(&mut block)?;
            if part.is_empty() {
                return Ok(samples);
            }
            samples.extend_from_slice(part);
        }
    }

    proptest! {
        #[test]
        fn samples_come_back_in_blocks_of_any_size(
            samples in vec(any::<i16>(), 0..300),
            other in vec(any::<u8>(), 0..200),
            extension in vec(any::<u8>(), 0..24),
            block in 1..400_usize,
        ) {
            let format = [format(PCM, 1, 16), extension].concat();
            let chunks =
                [chunk(b"LIST", &other), chunk(b"fmt ", &format), chunk(b"fact", &other), data(&samples)];
            prop_assert_eq!(read_all(&wav(&chunks), block), Ok(samples));
        }

        #[test]
        fn a_file_cut_short_is_refused(samples in vec(any::<i16>(), 1..100), cut in 1..244_usize) {
            let whole = wav(&[chunk(b"fmt ", &format(PCM, 1, 16)), data(&samples)]);
            let rest = whole.len().saturating_sub(cut);
            prop_assert_eq!(read_all(&whole[..rest], 64), Err(WavError::Truncated));
        }

        #[test]
        fn any_bytes_end(bytes in vec(any::<u8>(), 0..200)) {
            prop_assert!(read_all(&[b"RIFF1234WAVE".to_vec(), bytes].concat(), 16).is_err());
        }
    }

    #[test]
    fn other_formats_are_refused() {
        for (tag, channels, bits) in [(1, 2, 16), (1, 1, 8), (3, 1, 32), (0xFFFE, 1, 16)] {
            let file = wav(&[chunk(b"fmt ", &format(tag, channels, bits)), data(&[0])]);
            assert_eq!(read_all(&file, 1), Err(WavError::Format { tag, channels, bits }));
        }
        let mut in_three_bytes = format(PCM, 1, 16);
        in_three_bytes[12] = 3;
        let file = wav(&[chunk(b"fmt ", &in_three_bytes), data(&[0])]);
        assert_eq!(read_all(&file, 1), Err(WavError::Format { tag: 1, channels: 1, bits: 24 }));
        assert_eq!(read_all(&wav(&[data(&[0])]), 1), Err(WavError::NotWav));
        assert_eq!(read_all(&wav(&[chunk(b"fmt ", &[1, 0]), data(&[0])]), 1), Err(WavError::NotWav));
        assert_eq!(read_all(b"fLaC, or anything else", 1), Err(WavError::NotWav));
    }
}
