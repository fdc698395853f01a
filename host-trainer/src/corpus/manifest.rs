//! A CSV file that lists recordings.

use std::path::{Path, absolute};

use anyhow::{Context, bail, ensure};
use csv::StringRecord;

use super::{Clip, Corpus, Sex};
use crate::data_table::DataTable;
use crate::files;

/// The columns' names in the header; the first two have to be there.
const COLUMNS: [&str; 5] = ["path", "label", "speaker", "corpus", "sex"];
const NEEDED: usize = 2;

/// Where each of [`COLUMNS`] is found.
struct ColumnPlaces([Option<usize>; COLUMNS.len()]);

/// A recording and the line that lists it.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) line: u64,
    pub(super) clip: Clip,
}

/// The recordings that a file lists, whether they are there or not; their paths are relative to it. Without a corpus
/// they are of one that is named after the file.
///
/// # Errors
/// Names the file, and the line and column that can't be used.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Listed>> {
    parse(path).with_context(|| format!("cannot use {}", path.display()))
}

/// Lists recordings so that [`read`] reads the same again, from wherever the file lies.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write<'a>(path: &Path, clips: impl Iterator<Item = &'a Clip>) -> anyhow::Result<()> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    for Clip { path, label, speaker, corpus, sex } in clips {
        let place = absolute(path)?;
        let speaker = if speaker == Clip::UNKNOWN_SPEAKER { "" } else { speaker };
        csv.write_record([
            &*place.to_string_lossy(),
            label,
            speaker,
            corpus.id(),
            sex.map_or("", Sex::name),
        ])?;
    }
    files::write_whole(path, &csv.into_inner()?)
}

fn parse(path: &Path) -> anyhow::Result<Vec<Listed>> {
    let DataTable { header, rows } = DataTable::read(path)?;
    let places = ColumnPlaces::of(&header)?;
    ensure!(!rows.is_empty(), "it lists no recordings");
    let folder = path.parent().unwrap_or(Path::new(""));
    let own = Corpus::new(&path.file_stem().unwrap_or_default().to_string_lossy());
    let listed = |(line, row): (u64, StringRecord)| {
        let clip = places.clip(&row, folder, &own).with_context(|| format!("line {line}"))?;
        Ok(Listed { line, clip })
    };
    rows.into_iter().map(listed).collect()
}

impl ColumnPlaces {
    fn of(record: &StringRecord) -> anyhow::Result<Self> {
        let known = COLUMNS.join(", ");
        let lower: Vec<String> = record.iter().map(str::to_lowercase).collect();
        let names: Vec<&str> = lower.iter().map(String::as_str).collect();
        ensure!(
            names.iter().any(|name| COLUMNS.contains(name)),
            "its first line is no header; expected the columns' names, such as path,label, of {known}"
        );
        for (index, name) in names.iter().enumerate() {
            ensure!(COLUMNS.contains(name), "the header has a column \"{name}\"; known ones are {known}");
            ensure!(!names[..index].contains(name), "the header has the column \"{name}\" twice");
        }
        let columns = COLUMNS.map(|column| names.iter().position(|name| *name == column));
        for (column, place) in COLUMNS.iter().zip(columns).take(NEEDED) {
            ensure!(place.is_some(), "the header has no column \"{column}\"; known ones are {known}");
        }
        Ok(Self(columns))
    }

    fn clip(&self, record: &StringRecord, folder: &Path, own: &Corpus) -> anyhow::Result<Clip> {
        let field =
            |place: Option<usize>| place.and_then(|place| record.get(place)).filter(|text| !text.is_empty());
        let [path, label, speaker, corpus, sex] = self.0.map(field);
        Ok(Clip {
            path: folder.join(path.context("column path is empty")?),
            corpus: corpus.map_or_else(|| own.clone(), Corpus::new),
            speaker: speaker.unwrap_or(Clip::UNKNOWN_SPEAKER).to_owned(),
            label: label.context("column label is empty")?.to_owned(),
            sex: sex.map(parse_sex).transpose()?,
        })
    }
}

fn parse_sex(text: &str) -> anyhow::Result<Sex> {
    match text.to_ascii_lowercase().as_str() {
        "f" | "female" => Ok(Sex::Female),
        "m" | "male" => Ok(Sex::Male),
        _ => bail!("column sex has \"{text}\"; expected female, male or nothing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> anyhow::Result<Vec<Clip>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("My calls.csv");
        std::fs::write(&path, text).unwrap();
        let relative = |clip: Clip| {
            let path = clip.path.strip_prefix(folder.path()).unwrap().to_owned();
            Clip { path, ..clip }
        };
        Ok(clips(&path)?.into_iter().map(relative).collect())
    }

    fn clips(path: &Path) -> anyhow::Result<Vec<Clip>> {
        Ok(read(path)?.into_iter().map(|listed| listed.clip).collect())
    }

    #[test]
    fn columns_come_in_any_order_and_only_two_are_needed() {
        let text = "\u{feff}Label, PATH\nstressed, a/1.wav\n\"calm, really\",2.wav\n";
        let clips = read_text(text).unwrap();
        let clip = |path: &str, label: &str| Clip {
            path: path.into(),
            corpus: Corpus::new("my-calls"),
            speaker: Clip::UNKNOWN_SPEAKER.to_owned(),
            label: label.to_owned(),
            sex: None,
        };
        assert_eq!(clips, [clip("a/1.wav", "stressed"), clip("2.wav", "calm, really")]);
    }

    #[test]
    fn all_columns_are_read() {
        let text =
            "path,label,speaker,corpus,sex\n1.wav,calm,anna,CREMA-D,F\n2.wav,calm,bo,,male\n3.wav,calm,,,\n";
        let clips = read_text(text).unwrap();
        let found: Vec<_> =
            clips.iter().map(|clip| (clip.speaker.as_str(), clip.corpus.id(), clip.sex)).collect();
        let expected = [
            ("anna", "crema-d", Some(Sex::Female)),
            ("bo", "my-calls", Some(Sex::Male)),
            (Clip::UNKNOWN_SPEAKER, "my-calls", None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let text = "path,label,speaker,corpus,sex\na/1.wav,\"calm, really\",anna,CREMA-D,F\n2.wav,calm,,,\n";
        let [first, second] = ["first.csv", "second.csv"].map(|name| folder.path().join(name));
        std::fs::write(&first, text).unwrap();
        let listed = clips(&first).unwrap();
        write(&second, listed.iter()).unwrap();
        assert_eq!(clips(&second).unwrap(), listed);
    }

    #[test]
    fn what_can_t_be_used_is_named_by_line_and_column() {
        for (text, expected) in [
            (
                "path,label,emotion\n",
                "a column \"emotion\"; known ones are path, label, speaker, corpus, sex",
            ),
            ("path,speaker\n", "no column \"label\""),
            ("path,label,path\n", "\"path\" twice"),
            ("path,label\n", "lists no recordings"),
            ("path,label\n1.wav,calm\n,calm\n", "line 3: column path is empty"),
            ("path,label\n1.wav,\n", "line 2: column label is empty"),
            ("path,label,sex\n1.wav,calm,x\n", "line 2: column sex has \"x\""),
            ("path,label\n1.wav\n", "line 2 is of length 1"),
            ("path;label\n1.wav;\n", "line 2: column label is empty"),
            ("path|label\n1.wav|calm\n", "its first line is no header; expected the columns' names"),
            ("1.wav,calm\n", "its first line is no header"),
        ] {
            let message = format!("{:#}", read_text(text).unwrap_err());
            assert!(message.contains("My calls.csv") && message.contains(expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
        assert!(format!("{:#}", read(Path::new("nowhere.csv")).unwrap_err()).contains("nowhere.csv"));
    }
}
