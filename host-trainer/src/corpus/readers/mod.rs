//! The published corpora: a file each, which reads names as they are published, and one table.

mod ased;
mod cafe;
mod crema_d;
mod emo_db;
mod emovo;
mod emozionalmente;
mod esd;
mod jl;
mod nemo;
mod ravdess;
mod reader;
mod savee;
mod shemo;
mod tables;
mod tess;
#[cfg(test)]
mod tests;
mod turev_db;
mod urdu;

use std::path::Path;

use reader::Name;
pub(super) use reader::{NameReader, Said};
pub(super) use tables::Tables;

/// Every corpus. At most one of them reads a name.
const ALL: [&NameReader; 16] = [
    &savee::READER,
    &ravdess::SPEECH,
    &ravdess::SONG,
    &crema_d::READER,
    &tess::READER,
    &emo_db::READER,
    &nemo::READER,
    &jl::READER,
    &esd::READER,
    &emovo::READER,
    &emozionalmente::READER,
    &cafe::READER,
    &shemo::READER,
    &urdu::READER,
    &ased::READER,
    &turev_db::READER,
];

/// The reader of a corpus.
pub(super) fn of(id: &str) -> Option<&'static NameReader> {
    ALL.into_iter().find(|reader| reader.id == id)
}

/// The id of the corpus whose naming a file follows, and what its name says.
pub(super) fn read(path: &Path, tables: &Tables) -> Option<(&'static str, Said)> {
    let name = Name::of(path, tables)?;
    ALL.into_iter().find_map(|reader| Some((reader.id, (reader.read)(&name)?)))
}

/// The corpora with a name each, for messages.
pub(super) fn examples() -> String {
    ALL.map(|NameReader { name, example, .. }| format!("{name} ({example})")).join(", ")
}
