//! Files of a teacher's logits: which columns have what.

use std::path::Path;

use anyhow::{Context, ensure};
use csv::StringRecord;

use super::recording::Recording;
use super::{LARGEST, LogitSums};
use crate::data_table::DataTable;

/// What stands before a label where a column has its logits, as in the `clips.csv` that trainings leave.
const LOGITS_OF: &str = "float ";

/// Where a file has what.
struct Columns {
    recording: Named,
    logits: Logits,
}

/// The column that names a recording.
#[derive(Clone, Copy)]
enum Named {
    ByPath(usize),
    ByContent(usize),
}

enum Logits {
    /// A line a recording and label.
    Long { label: usize, logit: usize },
    /// A line a recording, and the column of each class's logit.
    Wide(Vec<Option<usize>>),
}

/// Makes sure that a header has the columns of some classes' logits.
///
/// # Errors
/// Says what it lacks.
pub(super) fn look_at(header: &StringRecord) -> anyhow::Result<()> {
    let classes: Vec<String> =
        header.iter().filter_map(|column| column.strip_prefix(LOGITS_OF)).map(str::to_owned).collect();
    let columns = Columns::of(header, &classes, &[])?;
    if let Logits::Wide(logits) = columns.logits {
        ensure!(
            !logits.is_empty(),
            "its header has neither \"label\" and \"logit\" nor a column \"{LOGITS_OF}LABEL\" for each label"
        );
    }
    Ok(())
}

/// Adds a file's logits.
pub(super) fn add(
    file: &Path,
    classes: &[String],
    absent: &[&str],
    sums: &mut LogitSums,
) -> anyhow::Result<()> {
    let DataTable { header, rows } = DataTable::read(file)?;
    let columns = Columns::of(&header, classes, absent)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    for (line, record) in rows {
        let at_line = || format!("line {line}");
        let logits = columns.logits.read(&record, classes).with_context(at_line)?;
        let Some(recording) = columns.recording.read(&record, folder).with_context(at_line)? else {
            continue;
        };
        let sums = sums.entry(recording).or_insert_with(|| vec![(0.0, 0); classes.len()]);
        for (class, logit) in logits {
            let (sum, count) = &mut sums[class];
            *sum += logit;
            *count = count.saturating_add(1);
        }
    }
    Ok(())
}

impl Columns {
    fn of(header: &StringRecord, classes: &[String], absent: &[&str]) -> anyhow::Result<Self> {
        let column = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        let recording = column("blake3").map(Named::ByContent).or(column("path").map(Named::ByPath));
        let recording = recording.context("its header has no column \"path\" or \"blake3\"")?;
        if let (Some(label), Some(logit)) = (column("label"), column("logit")) {
            return Ok(Self { recording, logits: Logits::Long { label, logit } });
        }
        let logits = classes.iter().map(|class| {
            let name = format!("{LOGITS_OF}{class}");
            let found = header.iter().position(|column| column == name);
            ensure!(
                found.is_some() || absent.contains(&class.as_str()),
                "its header has neither \"label\" and \"logit\" nor \"{name}\""
            );
            Ok(found)
        });
        Ok(Self { recording, logits: Logits::Wide(logits.collect::<anyhow::Result<_>>()?) })
    }
}

impl Named {
    /// A line's recording. None where it is not there, so that it can't be among the recordings.
    fn read(self, record: &StringRecord, folder: &Path) -> anyhow::Result<Option<Recording>> {
        Ok(match self {
            Self::ByPath(column) => folder.join(&record[column]).canonicalize().ok().map(Recording::At),
            Self::ByContent(column) => {
                let text = &record[column];
                let hash = blake3::Hash::from_hex(text.to_ascii_lowercase());
                let hash = hash.ok().with_context(|| format!("\"{text}\" is no BLAKE3 hash"))?;
                Some(Recording::Of(*hash.as_bytes()))
            }
        })
    }
}

impl Logits {
    /// A line's logits with the classes that they are of.
    fn read(&self, record: &StringRecord, classes: &[String]) -> anyhow::Result<Vec<(usize, f32)>> {
        match self {
            Self::Long { label, logit } => {
                let class = classes.iter().position(|class| record.get(*label) == Some(class));
                let logit = number(record, *logit)?;
                Ok(class.map(|class| (class, logit)).into_iter().collect())
            }
            Self::Wide(columns) => {
                let columns =
                    columns.iter().enumerate().filter_map(|(class, column)| Some((class, (*column)?)));
                columns.map(|(class, column)| Ok((class, number(record, column)?))).collect()
            }
        }
    }
}

fn number(record: &StringRecord, column: usize) -> anyhow::Result<f32> {
    let text = record.get(column).unwrap_or_default();
    let number = text.parse().ok().filter(|number: &f32| number.abs() <= LARGEST);
    number.with_context(|| format!("\"{text}\" is no logit"))
}
