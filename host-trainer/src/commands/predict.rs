use std::cell::RefCell;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use clap::error::ErrorKind;

use super::answers::{Format, print, print_header, print_moment};
use super::each_file::{Answered, each_file, each_file_as_heard};
use super::model::ModelFile;
use crate::audio::{self, Loudest, Peaks};
use crate::evaluate::{Prediction, Scorer};
use crate::files;
use crate::report::Timeline;

/// Seconds between the answers of a picture, where they are not given.
const EVERY: f64 = 0.5;

#[derive(Debug, Args)]
pub(super) struct Predict {
    /// The recordings; of a long one, the 3 s of highest energy are taken unless --every is given.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelFile,
    /// Listen to each file from start to end, and answer every so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    every: Option<f64>,
    /// Print a line of JSON for each answer.
    #[arg(long)]
    json: bool,
    /// Print a table with a line for each answer: file, emotion, confidence, and each label's probability; with
    /// --every also the time and whether there was speech.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Write a page with a picture of one file: its spectrogram, the emotions over time, every 0.5 s unless --every
    /// is given, and where somebody speaks.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write the picture alone.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl Predict {
    pub(super) fn run(self) -> anyhow::Result<()> {
        if self.is_pictured() && self.files.len() > 1 {
            clap::Error::raw(ErrorKind::TooManyValues, "--html and --svg picture one file; give one\n")
                .exit();
        }
        for picture in [&self.html, &self.svg].into_iter().flatten() {
            let read = self.files.iter().chain(&self.model.model);
            read.into_iter().try_for_each(|file| files::ensure_other(picture, file))?;
        }
        ensure!(
            self.html != self.svg || !self.is_pictured(),
            "--html and --svg are one file; give each its own"
        );
        let blob = self.model.read()?;
        let scorer = Scorer::new(&blob).with_context(|| format!("cannot use {}", self.model.name()))?;
        let every = self.every.or(self.is_pictured().then_some(EVERY));
        if self.csv {
            print_header(&scorer, every.is_some())?;
        }
        let could_not = "files could not be classified";
        match every {
            Some(every) => {
                each_file_as_heard(&self.files, could_not, |file| self.answer_over_time(file, &scorer, every))
            }
            None => each_file(
                &self.files,
                could_not,
                |file| classify(file, &scorer),
                |file, prediction| print(file, prediction, self.format()),
            ),
        }
    }

    fn is_pictured(&self) -> bool {
        self.html.is_some() || self.svg.is_some()
    }

    fn format(&self) -> Format {
        match (self.json, self.csv) {
            (true, _) => Format::Json,
            (_, true) => Format::Csv,
            _ => Format::Text,
        }
    }

    fn answer_over_time(&self, file: &Path, scorer: &Scorer<'_>, every: f64) -> anyhow::Result<Answered> {
        let blocks = match audio::blocks(file, scorer.sample_rate()) {
            Ok(blocks) => blocks,
            Err(error) => return Ok(Err(error)),
        };
        let timeline = self.is_pictured().then(|| Timeline::new(file, scorer.model(), every));
        let (timeline, peaks) = (RefCell::new(timeline), RefCell::new(Peaks::default()));
        let heard = blocks.inspect(|block| {
            let Ok(samples) = block else { return };
            peaks.borrow_mut().push(samples);
            if let Some(timeline) = &mut *timeline.borrow_mut() {
                timeline.hear(samples);
            }
        });
        for moment in scorer.listen(heard, every) {
            let moment = match moment {
                Ok(moment) => moment,
                Err(error) => return Ok(Err(error)),
            };
            if let Some(timeline) = &mut *timeline.borrow_mut() {
                timeline.note(&moment);
            }
            print_moment(file, moment, self.format())?;
        }
        warn(file, &peaks.take());
        if let Some(timeline) = timeline.take() {
            timeline.write(self.html.as_deref(), self.svg.as_deref())?;
        }
        Ok(Ok(()))
    }
}

/// What the model says of the window of highest energy.
fn classify(file: &Path, scorer: &Scorer<'_>) -> anyhow::Result<Prediction> {
    let (mut loudest, mut peaks) = (Loudest::new(scorer.window_samples()), Peaks::default());
    for block in audio::blocks(file, scorer.sample_rate())? {
        let samples = block?;
        peaks.push(&samples);
        loudest.push(&samples);
    }
    warn(file, &peaks);
    Ok(scorer.classify(&loudest.end()))
}

fn warn(file: &Path, peaks: &Peaks) {
    if let Some(warning) = peaks.warning() {
        eprintln!("warning: {}: {warning}", file.display());
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if (0.01..=3600.0).contains(&seconds) { Ok(seconds) } else { Err("not within 0.01 to 3600 s".to_owned()) }
}
