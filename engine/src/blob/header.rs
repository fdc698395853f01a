use crc::{CRC_32_ISO_HDLC, Crc};

use super::{MAGIC, RECORD_BYTES, VERSION};
use crate::LoadError;

/// Bytes before the metadata.
pub const HEADER_BYTES: usize = 32;
/// What the CRC leaves out: itself and what stands before it.
const UNCHECKED_BYTES: usize = 16;

const CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What a blob says of itself in its first 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Samples per second that the model hears; 0 of a network without a front end.
    pub sample_rate: u32,
    /// Bytes of arena that it needs.
    pub arena_bytes: u32,
    /// Bytes of metadata, which is followed by the records at the next whole word.
    pub metadata_bytes: u32,
    /// One for each layer and one for the network's input.
    pub records: u16,
}

/// The parts of a blob that is whole and unaltered.
pub(crate) struct Parts<'a> {
    pub(crate) header: Header,
    pub(crate) metadata: &'a [u8],
    pub(crate) records: &'a [[u8; RECORD_BYTES]],
    pub(crate) filters: &'a [u8],
}

/// The bytes of arena that a model needs, read off its blob when the program is compiled.
///
/// ```
/// use prosodia::{Classifier, arena_bytes, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/loud.postcard");
/// static CLASSIFIER: Classifier<{ arena_bytes(MODEL) }> = Classifier::new();
/// assert_eq!(arena_bytes(MODEL), 2088);
/// ```
///
/// A blob that is no blob of this format needs 0; [`load`](crate::Classifier::load) says what is wrong with it.
#[must_use]
pub const fn arena_bytes(blob: &[u8]) -> usize {
    field(blob, 20) as usize
}

/// The sample rate in Hz of what a model hears, read off its blob when the program is compiled, as for a
/// [`Filter`](crate::listen::Filter) from the microphone's rate.
///
/// ```
/// use prosodia::listen::{Filter, filter_len};
///
/// const MODEL: &[u8] = prosodia::include_model!("../../tests/data/loud.postcard");
/// const RATE: u32 = prosodia::sample_rate(MODEL);
/// static FROM_48000: Filter<{ filter_len(48_000, RATE) }> = Filter::new(48_000, RATE);
/// assert_eq!(RATE, 16_000);
/// ```
///
/// Of a network without a front end, and of a blob that is no blob of this format, it is 0.
#[must_use]
pub const fn sample_rate(blob: &[u8]) -> u32 {
    field(blob, 16)
}

/// The values in a row of a network's input, read off its blob when the program is compiled, as for a buffer that rows
/// come in.
///
/// ```
/// const BLOB: &[u8] = prosodia::include_model!("../../tests/data/weighted.postcard");
/// assert_eq!(prosodia::row_len(BLOB), 1);
/// ```
///
/// Of a blob that is no blob of this format it is 0.
#[must_use]
pub const fn row_len(blob: &[u8]) -> usize {
    let metadata = (field(blob, 24) as usize).saturating_add(3) / 4 * 4;
    let Some((_, records)) = blob.split_at_checked(HEADER_BYTES.saturating_add(metadata)) else { return 0 };
    // The input's record begins with operator, operands and zero point, height, width, channels.
    match records {
        [_, _, _, _, _, _, w0, w1, c0, c1, ..] if metadata > 0 => {
            (u16::from_le_bytes([*w0, *w1]) as usize).saturating_mul(u16::from_le_bytes([*c0, *c1]) as usize)
        }
        _ => 0,
    }
}

/// The header's field at an offset; 0 of what is no blob of this format.
const fn field(blob: &[u8], offset: usize) -> u32 {
    let Some(header) = blob.first_chunk::<HEADER_BYTES>() else { return 0 };
    let (words, _) = header.as_chunks::<4>();
    let [v0, v1, ..] = words[1];
    let is_blob =
        u32::from_le_bytes(words[0]) == u32::from_le_bytes(MAGIC) && u16::from_le_bytes([v0, v1]) == VERSION;
    if is_blob { u32::from_le_bytes(words[offset / 4]) } else { 0 }
}

/// Checks that a blob is one, whole and unaltered, and takes it apart.
pub(crate) fn open(bytes: &[u8]) -> Result<Parts<'_>, LoadError> {
    let (fields, behind) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(LoadError::Truncated)?;
    let (words, _) = fields.as_chunks::<4>();
    let &[magic, [v0, v1, r0, r1], length, crc, sample_rate, arena, metadata, [n0, n1, r2, r3]] = words
    else {
        return Err(LoadError::Truncated);
    };
    if magic != MAGIC {
        return Err(LoadError::NotABlob);
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION {
        return Err(LoadError::UnsupportedVersion { found: version });
    }
    let length = u32::from_le_bytes(length) as usize;
    if bytes.len() < length {
        return Err(LoadError::Truncated);
    }
    if bytes.len() > length {
        return Err(LoadError::TrailingBytes);
    }
    let checked = bytes.get(UNCHECKED_BYTES..).unwrap_or_default();
    if [r0, r1, r2, r3] != [0; 4] || CRC32.checksum(checked) != u32::from_le_bytes(crc) {
        return Err(LoadError::Corrupt);
    }
    let header = Header {
        sample_rate: u32::from_le_bytes(sample_rate),
        arena_bytes: u32::from_le_bytes(arena),
        metadata_bytes: u32::from_le_bytes(metadata),
        records: u16::from_le_bytes([n0, n1]),
    };
    take_apart(header, behind).ok_or(LoadError::Malformed)
}

fn take_apart(header: Header, bytes: &[u8]) -> Option<Parts<'_>> {
    let (metadata, rest) = bytes.split_at_checked(header.metadata_bytes as usize)?;
    let (_, rest) = rest.split_at_checked(metadata.len().wrapping_neg() % 4)?;
    let length = usize::from(header.records).checked_mul(RECORD_BYTES)?;
    let (records, filters) = rest.split_at_checked(length)?;
    Some(Parts { header, metadata, records: records.as_chunks().0, filters })
}

impl Header {
    /// Puts the header before what follows it, with a right length and CRC.
    #[cfg(feature = "std")]
    pub(crate) fn seal(&self, behind: &[u8]) -> std::vec::Vec<u8> {
        let mut bytes = std::vec::Vec::with_capacity(HEADER_BYTES + behind.len());
        bytes.extend_from_slice(&MAGIC);
        let Self { sample_rate, arena_bytes, metadata_bytes, records } = *self;
        let [length, crc] = [0; 2];
        for field in [VERSION.into(), length, crc, sample_rate, arena_bytes, metadata_bytes, records.into()] {
            bytes.extend_from_slice(&u32::to_le_bytes(field));
        }
        bytes.extend_from_slice(behind);
        reseal(&mut bytes);
        bytes
    }
}

/// Gives a blob whose bytes were changed a right length and CRC, for tests and fuzzers. Too short ones are left alone.
#[cfg(feature = "std")]
pub fn reseal(blob: &mut [u8]) {
    let length = u32::try_from(blob.len()).unwrap_or(u32::MAX);
    let Some((unchecked, checked)) = blob.split_at_mut_checked(UNCHECKED_BYTES) else { return };
    let crc = CRC32.checksum(checked);
    unchecked[8..12].copy_from_slice(&length.to_le_bytes());
    unchecked[12..16].copy_from_slice(&crc.to_le_bytes());
}
