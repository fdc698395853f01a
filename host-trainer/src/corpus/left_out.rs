use std::path::PathBuf;

use super::summary::first_of;
use crate::complaint::printable;

/// A file that is not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: Why,
}

/// Why a file is not used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Some systems write such files beside the real ones: `._name`, or anything in `__MACOSX`.
    SystemFile,
    /// Its name follows no corpus's naming.
    UnknownName,
    /// It is another file of a recording that is among the clips already, by name or by content. Some distributions of
    /// RAVDESS hold every recording twice, which would put copies into training and test.
    Repeated,
    /// Its label is not wanted, or none of those that are told apart.
    OtherLabel,
    /// It is said to have two labels, by lines of lists or by another file of the same content; which ones, and by
    /// what.
    TwoLabels(String),
    /// Lists or folders say that two people speak in it; who, and by what.
    TwoSpeakers(String),
    /// A list has it, and it is not there; which line.
    Missing(String),
    /// It can't be read.
    Broken(String),
}

impl Why {
    /// What a message calls such files.
    const fn words(&self) -> &'static str {
        match self {
            Self::SystemFile => "written by the system",
            Self::UnknownName => "of unknown name",
            Self::Repeated => "repeated",
            Self::OtherLabel => "of another label",
            Self::TwoLabels(_) => "of two labels",
            Self::TwoSpeakers(_) => "of two speakers",
            Self::Missing(_) => "missing",
            Self::Broken(_) => "broken",
        }
    }

    /// Where there is something to be mended, what: then each file is named.
    fn fault(&self) -> Option<&str> {
        match self {
            Self::TwoLabels(fault)
            | Self::TwoSpeakers(fault)
            | Self::Missing(fault)
            | Self::Broken(fault) => Some(fault),
            Self::SystemFile | Self::UnknownName | Self::Repeated | Self::OtherLabel => None,
        }
    }
}

impl LeftOut {
    /// What a user is told of files that are not used: a count for each kind with the first ones' names, and the names
    /// of all where there is something to be mended.
    #[must_use]
    pub fn lines(all: &[Self]) -> Vec<String> {
        const NAMED: usize = 5;
        let mut sorted: Vec<&Self> = all.iter().collect();
        sorted.sort_by(|a, b| (a.why.words(), &a.path).cmp(&(b.why.words(), &b.path)));
        let mut lines = Vec::new();
        for group in sorted.chunk_by(|a, b| a.why.words() == b.why.words()) {
            let Some(Self { why, .. }) = group.first() else { continue };
            let what = why.words();
            if why.fault().is_some() {
                lines.extend(group.iter().filter_map(|Self { path, why }| {
                    Some(format!("left out, {what}: {}: {}", path.display(), why.fault()?))
                }));
                continue;
            }
            let names = first_of(NAMED, group.iter().map(|file| file.path.display()));
            let files = if group.len() == 1 { "file" } else { "files" };
            lines.push(format!("left out, {what}: {} {files} ({names})", group.len()));
        }
        lines.iter().map(|line| printable(line)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_and_what_can_be_mended_is_named() {
        let file = |name: &str, why| LeftOut { path: name.into(), why };
        let mut left_out: Vec<LeftOut> =
            (0..7).map(|n| file(&format!("{n}.wav"), Why::UnknownName)).collect();
        left_out.push(file("a.wav", Why::Broken("cut short".to_owned())));
        left_out.push(file("._a\n\u{1b}[2J.wav", Why::SystemFile));
        left_out.push(file("b.wav", Why::TwoLabels("\"sad\" and \"calm\"".to_owned())));
        left_out.push(file("c.wav", Why::Missing("line 3 of a.csv lists it".to_owned())));
        assert_eq!(
            LeftOut::lines(&left_out),
            [
                "left out, broken: a.wav: cut short",
                "left out, missing: c.wav: line 3 of a.csv lists it",
                "left out, of two labels: b.wav: \"sad\" and \"calm\"",
                "left out, of unknown name: 7 files (0.wav, 1.wav, 2.wav, 3.wav, 4.wav, ...)",
                "left out, written by the system: 1 file (._a\\n\\u{1b}[2J.wav)",
            ]
        );
    }
}
