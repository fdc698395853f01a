//! What a board that records sends to the PC: a stream of packets, each a header and a block of samples.
//!
//! A header is four bytes `EMO1`, then three little-endian u32: the sample rate in Hz, how many blocks were lost just
//! before this one, and how many samples follow. Samples are little-endian i16.
#![no_std]

use core::ops::RangeInclusive;

/// What a packet begins with.
pub const MAGIC: [u8; 4] = *b"EMO1";

/// Bytes of a header.
pub const HEADER_BYTES: usize = 16;

/// The most samples of a packet. Whoever reads more, or none, has lost its place in the stream.
pub const MAX_SAMPLES: u32 = 4096;

/// The sample rates that a microphone may have, in Hz.
pub const SAMPLE_RATES: RangeInclusive<u32> = 4_000..=192_000;

/// What stands before a block of samples.
///
/// ```
/// use packet::Header;
///
/// let header = Header { sample_rate: 16_000, lost_blocks: 1, samples: 128 };
/// assert_eq!(header.to_bytes(), *b"EMO1\x80\x3e\0\0\x01\0\0\0\x80\0\0\0");
/// assert_eq!(Header::from_bytes(&header.to_bytes()), Some(header));
/// assert_eq!(Header::from_bytes(b"EMO2\x80\x3e\0\0\x01\0\0\0\x80\0\0\0"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// In Hz, one of [`SAMPLE_RATES`].
    pub sample_rate: u32,
    /// Blocks that were lost since the packet before.
    pub lost_blocks: u32,
    /// Samples that follow, 1 to [`MAX_SAMPLES`].
    pub samples: u32,
}

impl Header {
    /// As it is sent.
    #[must_use]
    pub fn to_bytes(self) -> [u8; HEADER_BYTES] {
        let words = [u32::from_le_bytes(MAGIC), self.sample_rate, self.lost_blocks, self.samples];
        let mut bytes = [0; HEADER_BYTES];
        for (place, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *place = word.to_le_bytes();
        }
        bytes
    }

    /// None if these are not the bytes of a header.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let &[magic, rate, lost, samples] = bytes.as_chunks::<4>().0 else { return None };
        let [sample_rate, lost_blocks, samples] = [rate, lost, samples].map(u32::from_le_bytes);
        let is_header =
            magic == MAGIC && SAMPLE_RATES.contains(&sample_rate) && (1..=MAX_SAMPLES).contains(&samples);
        is_header.then_some(Self { sample_rate, lost_blocks, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_header(sample_rate: u32, samples: u32) -> bool {
        Header::from_bytes(&Header { sample_rate, lost_blocks: 0, samples }.to_bytes()).is_some()
    }

    #[test]
    fn a_header_has_samples_and_a_rate_of_a_microphone() {
        assert!(is_header(4_000, 1) && is_header(192_000, 4096));
        assert!(!is_header(16_000, 0) && !is_header(16_000, 4097));
        assert!(!is_header(3_999, 64) && !is_header(192_001, 64) && !is_header(u32::MAX, 64));
    }
}
