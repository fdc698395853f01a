//! The model blob: a header, [postcard](https://postcard.jamesmunns.com/wire-format) metadata, one record a layer, and
//! weights, all borrowed from flash. `docs/blob-format.md` specifies it for other languages.

mod header;
mod metadata;
mod network;
mod record;
mod rescale;
mod schema;
mod shape;
#[cfg(feature = "std")]
mod write;

#[cfg(feature = "std")]
pub use header::reseal;
pub use header::{HEADER_BYTES, Header, arena_bytes, row_len, sample_rate};
pub use metadata::Labels;
pub use network::Network;
pub use record::{Placement, RECORD_BYTES};
pub use schema::*;
pub use shape::Channel;
#[cfg(feature = "std")]
pub use write::WriteError;

pub(crate) use header::{Parts, open};
pub(crate) use metadata::Metadata;

/// The first four bytes of a blob.
pub const MAGIC: [u8; 4] = *b"EMO8";
/// The format version this engine reads.
pub const VERSION: u16 = 3;

/// Brings a model blob into the program, aligned so that the kernels read its weights by whole words.
///
/// ```
/// use prosodia::{Classifier, arena_bytes, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/loud.postcard");
/// static CLASSIFIER: Classifier<{ arena_bytes(MODEL) }> = Classifier::new(); // in firmware a `static mut`
/// assert_eq!(MODEL.as_ptr().align_offset(16), 0);
/// ```
///
/// The path is relative to the source file, as that of [`include_bytes!`].
#[macro_export]
macro_rules! include_model {
    ($path:expr $(,)?) => {{
        #[repr(C, align(16))]
        struct Aligned<Bytes: ?Sized>(Bytes);
        const ALIGNED: &Aligned<[u8]> = &Aligned(*include_bytes!($path));
        const BYTES: &[u8] = &ALIGNED.0;
        BYTES
    }};
}
