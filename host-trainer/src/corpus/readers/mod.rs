//! The published corpora: a file each, which reads names as they are published, and one table.

mod crema_d;
mod ravdess;
mod savee;
#[cfg(test)]
mod tests;

use std::path::Path;

use super::Sex;

/// Reads the names of one corpus.
pub(super) struct Reader {
    /// The name in JSON and on the command line.
    pub(super) id: &'static str,
    /// The name under which the corpus is published.
    pub(super) name: &'static str,
    /// The id of the corpus that names its speakers: corpora of the same people share it.
    pub(super) people: &'static str,
    /// A published file name.
    pub(super) example: &'static str,
    /// What a file's name says; nothing if it is not one of this corpus's.
    pub(super) read: fn(&Name<'_>) -> Option<Said>,
}

/// What a name says of its recording.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) speaker: String,
    pub(super) label: &'static str,
    pub(super) sex: Option<Sex>,
}

/// A file's name without extension, and the folders that it lies in.
pub(super) struct Name<'p> {
    path: &'p Path,
    stem: &'p str,
}

/// Every corpus. At most one of them reads a name.
const ALL: [&Reader; 4] = [&savee::READER, &ravdess::SPEECH, &ravdess::SONG, &crema_d::READER];

/// The reader of a corpus.
pub(super) fn of(id: &str) -> Option<&'static Reader> {
    ALL.into_iter().find(|reader| reader.id == id)
}

/// The id of the corpus whose naming a file follows, and what its name says.
pub(super) fn read(path: &Path) -> Option<(&'static str, Said)> {
    let name = Name::of(path)?;
    ALL.into_iter().find_map(|reader| Some((reader.id, (reader.read)(&name)?)))
}

/// The corpora with a name each, for messages.
pub(super) fn examples() -> String {
    ALL.map(|Reader { name, example, .. }| format!("{name} ({example})")).join(", ")
}

impl<'p> Name<'p> {
    fn of(path: &'p Path) -> Option<Self> {
        Some(Self { path, stem: path.file_stem()?.to_str()? })
    }

    /// The innermost folder; empty if there is none.
    fn folder(&self) -> &'p str {
        self.path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("")
    }
}

/// Whether a text is so many digits.
fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The label that a table has for a code.
fn label(codes: &[(&str, &'static str)], code: &str) -> Option<&'static str> {
    codes.iter().find(|(known, _)| *known == code).map(|&(_, label)| label)
}
