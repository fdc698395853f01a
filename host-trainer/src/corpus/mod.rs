//! Recordings with labels: the published corpora, recognised by file name.

mod classes;
mod clip;
mod label_map;
mod name;
mod readers;
mod scan;
mod split;
mod summary;

pub use classes::{ClassSet, Classes};
pub use clip::{Clip, Sex};
pub use label_map::LabelMap;
pub use name::Corpus;
pub use scan::{Scan, Sources, scan};
pub(crate) use split::hold_out_speakers;
pub use split::{Parts, Split, by_test_speakers, split};
pub use summary::{Row, Summary};
