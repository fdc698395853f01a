use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use serde::Serialize;

use super::model::ModelFile;
use super::output;
use crate::audio;
use crate::evaluate::{Moment, Prediction, Scorer};

#[derive(Debug, Args)]
pub(super) struct Predict {
    /// The recordings; of a long one, the 3 s of highest energy are taken unless --every is given.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelFile,
    /// Listen to each file from start to end, and answer every so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "csv")]
    every: Option<f64>,
    /// Print a line of JSON for each answer.
    #[arg(long)]
    json: bool,
    /// Print a table with a line for each file: file, emotion, confidence, and each label's probability.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Serialize)]
struct Line<'a, A> {
    file: &'a Path,
    #[serde(flatten)]
    answer: A,
}

impl Predict {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let blob = self.model.read()?;
        let scorer = Scorer::new(&blob).with_context(|| format!("cannot use {}", self.model.name()))?;
        if self.csv {
            let labels = scorer.model().labels();
            csv_line(["file", "emotion", "confidence"].into_iter().chain(labels.iter()))?;
        }
        let mut failed = 0;
        for file in &self.files {
            match audio::load(file, scorer.sample_rate()) {
                Ok(samples) => self.answer(file, &samples, &scorer)?,
                Err(error) => {
                    eprintln!("error: {error:#}");
                    failed += 1;
                }
            }
        }
        ensure!(failed == 0, "{failed} of {} files could not be classified", self.files.len());
        Ok(())
    }

    fn answer(&self, file: &Path, samples: &[i16], scorer: &Scorer<'_>) -> anyhow::Result<()> {
        if let Some(every) = self.every {
            return scorer
                .listen(samples, every)
                .into_iter()
                .try_for_each(|moment| self.print_moment(file, moment));
        }
        let prediction = scorer.classify(samples);
        if self.csv { print_row(file, &prediction) } else { print_prediction(file, prediction, self.json) }
    }

    fn print_moment(&self, file: &Path, moment: Moment) -> anyhow::Result<()> {
        if self.json {
            return output::json(&Line { file, answer: moment });
        }
        let Moment { t, speech, prediction: Prediction { emotion, confidence, .. } } = moment;
        let silence = if speech == Some(false) { ", no speech" } else { "" };
        output::line(&format!(
            "{}: {t:8.2} s  {emotion} {:.0} %{silence}",
            file.display(),
            100.0 * confidence
        ))
    }
}

/// Prints what was made of a recording, for people or as a line of JSON.
///
/// # Errors
/// Standard output can't be written.
pub fn print_prediction(file: &Path, prediction: Prediction, json: bool) -> anyhow::Result<()> {
    if json {
        return output::json(&Line { file, answer: prediction });
    }
    let others = prediction.probabilities.iter().map(|(emotion, p)| format!("{emotion} {:.0}", 100.0 * p));
    let others = others.collect::<Vec<_>>().join(", ");
    let percent = 100.0 * prediction.confidence;
    output::line(&format!("{}: {} {percent:.0} % ({others})", file.display(), prediction.emotion))
}

fn print_row(file: &Path, prediction: &Prediction) -> anyhow::Result<()> {
    let Prediction { emotion, confidence, probabilities, .. } = prediction;
    let shares = [*confidence].into_iter().chain(probabilities.iter().map(|&(_, share)| share));
    let texts = [file.display().to_string(), emotion.clone()].into_iter();
    csv_line(texts.chain(shares.map(|share| share.to_string())))
}

fn csv_line(fields: impl IntoIterator<Item = impl AsRef<[u8]>>) -> anyhow::Result<()> {
    let mut row = csv::Writer::from_writer(Vec::new());
    row.write_record(fields)?;
    let written = std::io::stdout().lock().write_all(&row.into_inner()?);
    written.context("cannot write to standard output")
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if (0.01..=3600.0).contains(&seconds) { Ok(seconds) } else { Err("not within 0.01 to 3600 s".to_owned()) }
}
