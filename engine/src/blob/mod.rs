//! The model blob: an envelope that is checked, and a [postcard](https://postcard.jamesmunns.com/wire-format)
//! body that borrows its weights from flash. `docs/blob-format.md` specifies it for other languages.

mod rescale;
mod schema;
mod shape;

pub use schema::*;
pub use shape::Channel;

use crate::LoadError;
use crc::{CRC_32_ISO_HDLC, Crc};
use serde::Deserialize;

/// The first four bytes of a blob.
pub const MAGIC: [u8; 4] = *b"EMO8";
/// The format version this engine reads.
pub const VERSION: u16 = 2;
/// Bytes before the body: magic, version (u16), reserved zero (u16), body length (u32), CRC-32 of the body (u32).
pub const HEADER_BYTES: usize = 16;

const CRC32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

impl<'a> Body<'a> {
    /// Opens the envelope and decodes the body, without judging what the body says;
    /// [`Model::from_bytes`](crate::Model::from_bytes) does both.
    ///
    /// # Errors
    /// Anything but exactly one whole, unaltered blob of this [`VERSION`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let mut body = Self::empty();
        body.read(bytes)?;
        Ok(body)
    }

    /// [`from_bytes`](Self::from_bytes) in place, so that no second body is on the stack.
    pub(crate) fn read(&mut self, bytes: &'a [u8]) -> Result<(), LoadError> {
        let mut rest = open_envelope(bytes)?;
        self.name = take(&mut rest)?;
        self.labels = take(&mut rest)?;
        self.front_end = take(&mut rest)?;
        self.input = take(&mut rest)?;
        self.layers.clear();
        for _ in 0..take::<u32>(&mut rest)? {
            self.layers.push(take(&mut rest)?).map_err(|_| LoadError::Malformed)?;
        }
        if rest.is_empty() { Ok(()) } else { Err(LoadError::Malformed) }
    }

    /// Writes the body into its envelope.
    ///
    /// # Errors
    /// Those of postcard's serialiser; none are known for this type.
    #[cfg(feature = "std")]
    pub fn to_bytes(&self) -> Result<std::vec::Vec<u8>, postcard::Error> {
        Ok(seal_envelope(&postcard::to_stdvec(self)?))
    }
}

/// Decodes the next field.
fn take<'a, T: Deserialize<'a>>(rest: &mut &'a [u8]) -> Result<T, LoadError> {
    let (value, behind) = postcard::take_from_bytes(rest).map_err(|_| LoadError::Malformed)?;
    *rest = behind;
    Ok(value)
}

fn open_envelope(bytes: &[u8]) -> Result<&[u8], LoadError> {
    let (header, body) = bytes.split_first_chunk::<HEADER_BYTES>().ok_or(LoadError::Truncated)?;
    let [m0, m1, m2, m3, v0, v1, r0, r1, l0, l1, l2, l3, c0, c1, c2, c3] = *header;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(LoadError::NotABlob);
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION {
        return Err(LoadError::UnsupportedVersion { found: version });
    }
    if [r0, r1] != [0, 0] {
        return Err(LoadError::Corrupt);
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if body.len() < length {
        return Err(LoadError::Truncated);
    }
    if body.len() > length {
        return Err(LoadError::TrailingBytes);
    }
    if CRC32.checksum(body) != u32::from_le_bytes([c0, c1, c2, c3]) {
        return Err(LoadError::Corrupt);
    }
    Ok(body)
}

/// Puts an encoded body into an envelope with a right length and CRC.
#[cfg(feature = "std")]
#[must_use]
pub fn seal_envelope(body: &[u8]) -> std::vec::Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut bytes = std::vec::Vec::with_capacity(HEADER_BYTES + body.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&CRC32.checksum(body).to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}
