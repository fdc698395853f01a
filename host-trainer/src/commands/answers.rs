use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::output;
use crate::evaluate::{Moment, Prediction, Scorer};

/// How answers are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// A line for people.
    Text,
    /// A line of JSON.
    Json,
    /// A row of a table.
    Csv,
}

#[derive(Serialize)]
struct Line<'a, A> {
    /// As it is printed: a path need not be UTF-8.
    file: &'a str,
    #[serde(flatten)]
    answer: A,
}

/// Prints what was made of a recording, for people or as a line of JSON.
///
/// # Errors
/// Standard output can't be written.
pub fn print_prediction(file: &Path, prediction: Prediction, json: bool) -> anyhow::Result<()> {
    print(file, prediction, if json { Format::Json } else { Format::Text })
}

/// Prints the names of a table's columns, of answers to whole recordings or over time.
pub(super) fn print_header(scorer: &Scorer<'_>, is_over_time: bool) -> anyhow::Result<()> {
    let labels = scorer.model().labels();
    let columns: &[&str] = if is_over_time {
        &["file", "t", "emotion", "confidence", "speech"]
    } else {
        &["file", "emotion", "confidence"]
    };
    csv_line(columns.iter().copied().chain(labels.iter()))
}

/// Prints what was made of a recording.
pub(super) fn print(file: &Path, prediction: Prediction, format: Format) -> anyhow::Result<()> {
    let Prediction { emotion, confidence, probabilities, .. } = &prediction;
    match format {
        Format::Json => output::json(&Line { file: &file.display().to_string(), answer: prediction }),
        Format::Csv => {
            let fields = [file.display().to_string(), emotion.clone(), confidence.to_string()];
            csv_line(fields.into_iter().chain(shares(probabilities)))
        }
        Format::Text => {
            let others = probabilities.iter().map(|(emotion, p)| format!("{emotion} {:.0}", 100.0 * p));
            let others = others.collect::<Vec<_>>().join(", ");
            output::line(&format!("{}: {emotion} {:.0} % ({others})", file.display(), 100.0 * confidence))
        }
    }
}

/// Prints an answer to a part of a recording. Whether there was speech is left empty in a table where it is not known.
pub(super) fn print_moment(file: &Path, moment: Moment, format: Format) -> anyhow::Result<()> {
    let Moment { t, speech, prediction: Prediction { emotion, confidence, probabilities, .. } } = &moment;
    match format {
        Format::Json => output::json(&Line { file: &file.display().to_string(), answer: moment }),
        Format::Csv => {
            let speech = speech.map_or(String::new(), |speech| speech.to_string());
            let file = file.display().to_string();
            let fields = [file, t.to_string(), emotion.clone(), confidence.to_string(), speech];
            csv_line(fields.into_iter().chain(shares(probabilities)))
        }
        Format::Text => {
            let silence = if *speech == Some(false) { ", no speech" } else { "" };
            let percent = 100.0 * confidence;
            output::line(&format!("{}: {t:8.2} s  {emotion} {percent:.0} %{silence}", file.display()))
        }
    }
}

fn shares(probabilities: &[(String, f32)]) -> impl Iterator<Item = String> {
    probabilities.iter().map(|(_, share)| share.to_string())
}

fn csv_line(fields: impl IntoIterator<Item = impl AsRef<[u8]>>) -> anyhow::Result<()> {
    let mut row = csv::Writer::from_writer(Vec::new());
    row.write_record(fields)?;
    let written = std::io::stdout().lock().write_all(&row.into_inner()?);
    written.context("cannot write to standard output")
}
