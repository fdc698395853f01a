use std::path::Path;

use super::tables::Tables;
use crate::corpus::sex::Sex;

/// Reads the names of one corpus.
pub(in crate::corpus) struct NameReader {
    /// The name in JSON and on the command line.
    pub(in crate::corpus) id: &'static str,
    /// The name under which the corpus is published.
    pub(in crate::corpus) name: &'static str,
    /// The id of the corpus that names its speakers: corpora of the same people share it.
    pub(in crate::corpus) people: &'static str,
    /// A published file name.
    pub(in crate::corpus) example: &'static str,
    /// What a file's name says; nothing if it is not one of this corpus's.
    pub(in crate::corpus) read: fn(&Name<'_>) -> Option<Said>,
}

/// What a name says of its recording.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::corpus) struct Said {
    pub(in crate::corpus) speaker: String,
    pub(in crate::corpus) label: &'static str,
    pub(in crate::corpus) sex: Option<Sex>,
}

/// A file's name without extension, and the folders that it lies in.
pub(in crate::corpus) struct Name<'p> {
    pub(super) path: &'p Path,
    pub(super) stem: &'p str,
    pub(super) tables: &'p Tables,
}

impl<'p> Name<'p> {
    pub(super) fn of(path: &'p Path, tables: &'p Tables) -> Option<Self> {
        Some(Self { path, stem: path.file_stem()?.to_str()?, tables })
    }

    /// The parts of the name; None if there are not so many.
    pub(super) fn fields<const N: usize>(&self, separator: char) -> Option<[&'p str; N]> {
        self.stem.split(separator).collect::<Vec<_>>().try_into().ok()
    }

    /// The innermost folder; empty if there is none.
    pub(super) fn folder(&self) -> &'p str {
        self.path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("")
    }
}

/// Whether a text is so many digits.
pub(super) fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is letters in lower case.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The sex of an initial.
pub(super) fn sex(initial: &str) -> Option<Sex> {
    match initial {
        "F" => Some(Sex::Female),
        "M" => Some(Sex::Male),
        _ => None,
    }
}

/// The sex of a speaker whose corpus gives odd numbers to men.
pub(super) fn odd_is_male(number: &str) -> Sex {
    if number.ends_with(['1', '3', '5', '7', '9']) { Sex::Male } else { Sex::Female }
}

/// What a table has for a code: the label of an emotion's, the sex of a speaker's.
pub(super) fn listed<T: Copy>(codes: &[(&str, T)], code: &str) -> Option<T> {
    codes.iter().find(|(known, _)| *known == code).map(|&(_, listed)| listed)
}
