use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use comfy_table::Table;
use engine::Emotion;
use engine::blob::Labels;
use serde_json::{Map, Value, json};

use super::model::ModelFile;
use super::output;
use super::tables::{counts, percent, table};
use crate::cache::Cache;
use crate::corpus::{self, Clip, Corpus};
use crate::evaluate::{Confusion, Examples, Scorer};
use crate::synth;

#[derive(Debug, Args)]
pub(super) struct Eval {
    #[command(flatten)]
    model: ModelFile,
    /// A folder of recordings, searched at any depth; may be given more than once.
    #[arg(long, required = true, value_name = "DIR")]
    data: Vec<PathBuf>,
    /// Only these speakers, as the corpora name them.
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    speakers: Vec<String>,
    /// Adds noise to each recording, so many dB below its speech: of the kinds that training adds, the same each time.
    #[arg(long, value_name = "DB", value_parser = decibels, allow_negative_numbers = true)]
    snr: Option<f64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let blob = self.model.read()?;
        let scorer = Scorer::new(&blob).with_context(|| format!("cannot use {}", self.model.name()))?;
        let demonstration = self.data.iter().any(|folder| synth::is_built_in(folder));
        if demonstration {
            eprintln!(
                "demonstration: this is the built-in synthetic corpus; the figures say nothing about people"
            );
        }
        let scan = corpus::scan(&self.data)?;
        let clips = of_speakers(scan.clips, &self.speakers)?;
        let labels = emotions(scorer.model().labels())?;
        let mut examples = Examples::load(&clips, &labels, scorer.window_samples(), &Cache::open());
        tell_what_is_left_out(&examples, scan.unknown.len(), scan.repeated.len());
        ensure!(!examples.examples.is_empty(), "no usable recording has a label that the model knows");
        if let Some(signal_to_noise) = self.snr {
            examples.add_noise(signal_to_noise);
        }
        let predicted = examples.classify("scoring", |example| scorer.classify(&example.window).class);
        let confusion = examples.confusion(&predicted);
        let by_corpus = examples.confusion_by_corpus(&predicted);
        if self.json {
            output::json(&json(&confusion, &by_corpus, demonstration))
        } else {
            output::line(&text(&confusion, &by_corpus))
        }
    }
}

/// A model's labels as the corpora name emotions.
fn emotions(labels: Labels<'_>) -> anyhow::Result<Vec<Emotion>> {
    let emotion = |label| {
        Emotion::from_label(label).with_context(|| format!("the model's label \"{label}\" is no emotion"))
    };
    labels.iter().map(emotion).collect()
}

/// Beyond these bounds there is either no noise or no speech left.
fn decibels(text: &str) -> Result<f64, String> {
    let decibels: f64 = text.parse().map_err(|_| "not a number of dB".to_owned())?;
    if (-40.0..=100.0).contains(&decibels) {
        Ok(decibels)
    } else {
        Err("not within -40 to 100 dB".to_owned())
    }
}

fn tell_what_is_left_out(examples: &Examples, unknown: usize, repeated: usize) {
    for recording in &examples.broken {
        eprintln!("left out, broken: {recording}");
    }
    eprintln!(
        "{} recordings; left out: {} of other emotions, {unknown} of unknown name, {repeated} repeated, {} broken",
        examples.examples.len(),
        examples.left_out,
        examples.broken.len()
    );
}

fn of_speakers(clips: Vec<Clip>, speakers: &[String]) -> anyhow::Result<Vec<Clip>> {
    if speakers.is_empty() {
        return Ok(clips);
    }
    let known: BTreeSet<&str> = clips.iter().map(|clip| clip.speaker.as_str()).collect();
    let unknown: Vec<&str> =
        speakers.iter().map(String::as_str).filter(|name| !known.contains(name)).collect();
    ensure!(
        unknown.is_empty(),
        "no recordings of speaker {}; there are those of {}",
        unknown.join(", "),
        known.into_iter().collect::<Vec<_>>().join(", ")
    );
    Ok(clips.into_iter().filter(|clip| speakers.contains(&clip.speaker)).collect())
}

fn json(confusion: &Confusion, by_corpus: &BTreeMap<Corpus, Confusion>, demonstration: bool) -> Value {
    let corpora: Map<_, _> =
        by_corpus.iter().map(|(corpus, confusion)| (corpus.to_string(), json!(confusion))).collect();
    let mut value = json!(confusion);
    value["by_corpus"] = corpora.into();
    value["demonstration"] = demonstration.into();
    value
}

fn text(confusion: &Confusion, by_corpus: &BTreeMap<Corpus, Confusion>) -> String {
    let mut scores = table(["corpus", "clips", "WA %", "UA %"]);
    let corpora = by_corpus.iter().map(|(corpus, confusion)| (corpus.name(), confusion));
    for (name, confusion) in corpora.chain([("all", confusion)]) {
        let [wa, ua] = [confusion.wa(), confusion.ua()].map(percent);
        scores.add_row([name.to_owned(), confusion.clips().to_string(), wa, ua]);
    }
    format!("{scores}\n\n{}\n\n{}", classes(confusion), counts(confusion))
}

fn classes(confusion: &Confusion) -> Table {
    let mut table = table(["class", "precision %", "recall %", "F1 %", "clips"]);
    for class in confusion.classes() {
        let [precision, recall, f1] = [class.precision, class.recall, class.f1].map(percent);
        table.add_row([class.emotion.to_string(), precision, recall, f1, class.support.to_string()]);
    }
    table
}
