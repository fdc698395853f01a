//! Recordings with labels: the published corpora, recognised by file name, and one's own, in a folder for each label or
//! in a list.

mod classes;
mod clip;
mod files;
mod folder;
mod label_map;
mod layout;
mod left_out;
mod manifest;
mod name;
mod own_folders;
mod readers;
mod scan;
mod sex;
mod split;
mod summary;

pub(crate) use classes::ensure_labels;
pub use classes::{ClassSet, Classes};
pub use clip::Clip;
pub(crate) use files::{audio_files, files_below};
pub use label_map::LabelMap;
pub use left_out::{LeftOut, Why};
pub(crate) use manifest::write as write_list;
pub use name::Corpus;
pub use scan::{Scan, Sources, scan};
pub use sex::Sex;
pub(crate) use split::hold_out_speakers;
pub use split::{Parts, Split, by_test_speakers, split};
pub(crate) use split::{by_test_clips, clips_by_people, clips_by_speaker};
pub use summary::{Summary, SummaryRow};
pub(crate) use summary::{people, those};
