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
mod savee;
mod shemo;
mod tess;
#[cfg(test)]
mod tests;
mod turev_db;
mod urdu;

use std::path::Path;

use super::Sex;
pub(super) use emozionalmente::Tables;

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
    tables: &'p Tables,
}

/// Every corpus. At most one of them reads a name.
const ALL: [&Reader; 16] = [
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
pub(super) fn of(id: &str) -> Option<&'static Reader> {
    ALL.into_iter().find(|reader| reader.id == id)
}

/// The id of the corpus whose naming a file follows, and what its name says.
pub(super) fn read(path: &Path, tables: &Tables) -> Option<(&'static str, Said)> {
    let name = Name::of(path, tables)?;
    ALL.into_iter().find_map(|reader| Some((reader.id, (reader.read)(&name)?)))
}

/// The corpora with a name each, for messages.
pub(super) fn examples() -> String {
    ALL.map(|Reader { name, example, .. }| format!("{name} ({example})")).join(", ")
}

impl<'p> Name<'p> {
    fn of(path: &'p Path, tables: &'p Tables) -> Option<Self> {
        Some(Self { path, stem: path.file_stem()?.to_str()?, tables })
    }

    /// The parts of the name; None if there are not so many.
    fn fields<const N: usize>(&self, separator: char) -> Option<[&'p str; N]> {
        self.stem.split(separator).collect::<Vec<_>>().try_into().ok()
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

/// Whether a text is letters in lower case.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The sex of an initial.
fn sex(initial: &str) -> Option<Sex> {
    match initial {
        "F" => Some(Sex::Female),
        "M" => Some(Sex::Male),
        _ => None,
    }
}

/// The sex of a speaker whose corpus gives odd numbers to men.
fn odd_is_male(number: &str) -> Sex {
    if number.ends_with(['1', '3', '5', '7', '9']) { Sex::Male } else { Sex::Female }
}

/// What a table has for a code: the label of an emotion's, the sex of a speaker's.
fn listed<T: Copy>(codes: &[(&str, T)], code: &str) -> Option<T> {
    codes.iter().find(|(known, _)| *known == code).map(|&(_, listed)| listed)
}
