use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use comfy_table::Table;
use serde_json::{Map, Value, json};

use super::confusion::counts;
use super::labelling::Labelling;
use super::model::ModelFile;
use super::output;
use crate::corpus::{self, Classes, Clip, Corpus};
use crate::evaluate::{Confusion, Disturbance, Examples, Scorer, Streamed, Voices, stream};
use crate::features::knows_voices;
use crate::recordings::Recordings;
use crate::table::{percent, table};

#[derive(Debug, Args)]
pub(super) struct Eval {
    #[command(flatten)]
    model: ModelFile,
    /// Folder of recordings, searched at any depth, or CSV file that lists them; may be given more than once.
    #[arg(long, required = true, value_name = "PATH")]
    data: Vec<PathBuf>,
    #[command(flatten)]
    labelling: Labelling,
    /// Only these speakers, as the corpora name them.
    #[arg(long, value_delimiter = ',', value_name = "NAME,...")]
    speakers: Vec<String>,
    /// Adds noise to each recording, so many dB below its speech: of the kinds that training adds, the same each time.
    #[arg(long, value_name = "DB", value_parser = decibels, allow_negative_numbers = true)]
    snr: Option<f64>,
    /// Disturbs each recording, the same each time.
    #[arg(long, value_enum)]
    disturb: Option<Disturbance>,
    /// Lets the model hear other clips of the same speaker before each recording, whole ones until so many seconds are
    /// full. Their labels play no part.
    #[arg(long, value_name = "SECONDS")]
    after: Option<u32>,
    /// Lets the model hear the recordings of each speaker one after the other, with pauses, and asks it at the end of each.
    #[arg(long, conflicts_with_all = ["snr", "disturb", "after"])]
    stream: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let blob = self.model.read()?;
        let scorer = Scorer::new(&blob).with_context(|| format!("cannot use {}", self.model.name()))?;
        let classes = Classes::new(scorer.model().labels().iter())
            .with_context(|| format!("cannot score {}", self.model.name()))?;
        let mut scan = corpus::scan(&self.labelling.sources(&self.data)?)?;
        scan.clips = of_speakers(scan.clips, &self.speakers)?;
        let recordings = Recordings::of_scan(scan, scorer.sample_rate(), Some(classes))?;
        let demonstration = recordings.are_synthetic();
        if demonstration {
            eprintln!(
                "demonstration: this is the built-in synthetic corpus; the figures say nothing about people"
            );
        }
        let all = recordings.all();
        let mut examples = recordings.windows(&all, scorer.window_samples());
        if self.stream {
            let whole: Vec<&[i16]> = recordings.whole(&all).map(|(_, samples)| samples).collect();
            return self.tell_stream(&stream(scorer.model(), &examples, &whole));
        }
        if let Some(signal_to_noise) = self.snr {
            examples.add_noise(signal_to_noise);
        }
        if let Some(disturbance) = self.disturb {
            examples.disturb(disturbance);
        }
        let predicted = match self.after {
            None => examples.classify("scoring", |example| scorer.classify(&example.window).class),
            Some(seconds) => after(seconds, &scorer, &examples, recordings.whole(&all))
                .with_context(|| format!("cannot use {} with --after", self.model.name()))?,
        };
        let confusion = examples.confusion(&predicted);
        let by_corpus = examples.confusion_by_corpus(&predicted);
        if self.json {
            output::json(&json(&confusion, &by_corpus, demonstration))
        } else {
            output::line(&text(&confusion, &by_corpus))
        }
    }

    fn tell_stream(&self, streamed: &Streamed) -> anyhow::Result<()> {
        if self.json { output::json(streamed) } else { output::line(&stream_text(streamed)) }
    }
}

/// What a model says once it has heard some of each speaker.
fn after<'r>(
    seconds: u32,
    scorer: &Scorer<'_>,
    examples: &Examples,
    whole: impl Iterator<Item = (Clip, &'r [i16])>,
) -> anyhow::Result<Vec<usize>> {
    let front_end = scorer.model().front_end();
    ensure!(knows_voices(front_end), "the model has no running reference and learns no voices");
    Ok(scorer.classify_after(examples, &Voices::learn(front_end, whole), seconds, 0))
}

fn stream_text(streamed: &Streamed) -> String {
    let Streamed { utterances, found, right, latency_s, changes_share, ua, answers, .. } = streamed;
    let wa = percent(*right as f64 / (*utterances).max(1) as f64);
    let facts = [
        ("utterances", format!("{utterances}, {found} of them answered at their end")),
        ("right", format!("{right}: WA {wa} %, UA of those answered {} %", percent(*ua))),
        ("latency", format!("{latency_s:.2} s from an utterance's end to its answer")),
        (
            "changes",
            format!(
                "{} % of {answers} answers within utterances differ from the one before",
                percent(*changes_share)
            ),
        ),
    ];
    facts.map(|(name, value)| format!("{name:<12}{value}")).join("\n")
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
        table.add_row([class.emotion, precision, recall, f1, class.support.to_string()]);
    }
    table
}
