use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use comfy_table::Table;
use serde_json::{Map, Value, json};

use super::confusion::counts;
use super::environments;
use super::labelling::Labelling;
use super::model::ModelFile;
use super::output;
use super::values::trimmed;
use crate::corpus::{self, Classes, Clip, Corpus};
use crate::evaluate::{
    Announced, Calibration, Condition, Confusion, Covered, Found, InPlace, PanelEntry, Prediction, Scorer,
    Streamed, Surroundings, TestSet, Voices, coverage, panel, stream,
};
use crate::features::knows_voices;
use crate::recordings::Recordings;
use crate::table::{percent, table};

#[derive(Debug, Args)]
pub(super) struct Eval {
    #[command(flatten)]
    model: ModelFile,
    /// Folder of recordings, searched at any depth, or CSV or Parquet file that lists them; may be given more than
    /// once.
    #[arg(long, required = true, value_name = "PATH")]
    data: Vec<PathBuf>,
    #[command(flatten)]
    labelling: Labelling,
    /// Only these speakers, as the corpora name them.
    #[arg(long, value_delimiter = ',', value_parser = trimmed, value_name = "NAME,...")]
    speakers: Vec<String>,
    /// Scores the model under each condition of the robustness panel: clean, noise, low-pass, reverberation, knocks,
    /// hum, levels, an offset and a telephone line, the same each time.
    #[arg(long, group = "noisy", conflicts_with_all = ["snr", "disturb", "after", "stream"])]
    panel: bool,
    /// Adds noise to each recording, so many dB below its speech, as the panel does.
    #[arg(long, value_name = "DB", value_parser = decibels, group = "noisy")]
    snr: Option<f64>,
    /// Puts each recording under one of the panel's conditions.
    #[arg(long, value_name = "CONDITION", value_parser = PossibleValuesParser::new(names()))]
    disturb: Option<String>,
    /// Folder of noise recordings for --panel, --snr and --stream; noise of kinds that training does not add is made if
    /// left out.
    #[arg(long, value_name = "DIR", requires = "noisy")]
    noise: Option<PathBuf>,
    /// Lets the model hear other clips of the same speaker before each recording, whole ones until so many seconds are
    /// full. Their labels play no part.
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    after: Option<u32>,
    /// Sets the recordings of each speaker in a stream of silence, noise, music, hum, knocks and babble, at random
    /// times but the same each time, and lets the listener hear it that runs on a device.
    #[arg(long, group = "noisy", conflicts_with_all = ["snr", "disturb", "after"])]
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
        let mut test = recordings.test_set(&all, scorer.window_samples());
        let noises = environments::load("--noise", self.noise.as_deref(), scorer.sample_rate())?;
        if self.stream {
            let whole: Vec<&[i16]> = recordings.whole(&all).map(|(_, samples)| samples).collect();
            return self.tell_stream(&stream(&blob, &test, &whole, &noises)?, demonstration);
        }
        if self.panel {
            return self.tell_panel(&panel(&scorer, &test, &noises), demonstration);
        }
        let rate = scorer.sample_rate();
        for condition in self.conditions() {
            test.disturb(condition, &Surroundings { rate, noises: &noises });
        }
        let predictions = match self.after {
            None => test.classify("scoring", |clip| scorer.classify(&clip.window)),
            Some(seconds) => after(seconds, &scorer, &test, recordings.whole(&all))
                .with_context(|| format!("cannot use {} with --after", self.model.name()))?,
        };
        let scores = ModelScores::of(&test, &predictions, self.after);
        if self.json { output::json(&scores.json(demonstration)) } else { output::line(&scores.text()) }
    }

    /// What is to happen to the recordings.
    fn conditions(&self) -> impl Iterator<Item = Condition> {
        let named = self.disturb.as_ref().and_then(|asked| {
            Condition::PANEL.into_iter().find_map(|(name, condition)| (name == asked).then_some(condition))
        });
        self.snr.map(Condition::Noise).into_iter().chain(named)
    }

    fn tell_panel(&self, panel: &[PanelEntry], demonstration: bool) -> anyhow::Result<()> {
        if self.json {
            output::json(&json!({ "panel": panel, "demonstration": demonstration }))
        } else {
            output::line(&panel_text(panel))
        }
    }

    fn tell_stream(&self, streamed: &Streamed, demonstration: bool) -> anyhow::Result<()> {
        if !self.json {
            return output::line(&stream_text(streamed));
        }
        let mut value = json!(streamed);
        value["demonstration"] = demonstration.into();
        output::json(&value)
    }
}

/// What a model says once it has heard some of each speaker.
fn after<'r>(
    seconds: u32,
    scorer: &Scorer<'_>,
    test: &TestSet,
    whole: impl Iterator<Item = (Clip, &'r [i16])>,
) -> anyhow::Result<Vec<Prediction>> {
    ensure!(
        knows_voices(scorer.model().front_end()),
        "the model has no running reference and learns no voices"
    );
    let unknown = test.clips.iter().filter(|clip| !clip.source.has_speaker()).count();
    ensure!(
        unknown == 0,
        "it is not known who speaks in {unknown} of {} recordings; name their speakers by a column, by sub-folders or \
         by --speaker-pattern",
        test.clips.len()
    );
    let voices = Voices::new(scorer.model(), whole);
    let short = voices.with_less_than(seconds);
    if short > 0 {
        eprintln!(
            "warning: for {short} of {} recordings there are less than {seconds} s of other recordings of the \
             speaker; all there were have been heard",
            test.clips.len()
        );
    }
    Ok(scorer.classify_after(test, &voices, [seconds], 0).into_iter().flatten().collect())
}

fn names() -> impl Iterator<Item = &'static str> {
    Condition::PANEL.into_iter().map(|(name, _)| name)
}

fn panel_text(panel: &[PanelEntry]) -> String {
    let mut table = table(["condition", "UA %", "WA %", "confidence %", "ECE %", "by chance %"]);
    for PanelEntry { condition, ua, wa, calibration } in panel {
        let figures = [*ua, *wa].into_iter().chain(calibration.figures()).map(percent);
        table.add_row([(*condition).to_owned()].into_iter().chain(figures));
    }
    table.to_string()
}

fn stream_text(streamed: &Streamed) -> String {
    let Streamed { all: Found { utterances, found, right, unsure }, repeated, ua, hours, .. } = streamed;
    let facts = [
        (
            "utterances",
            format!("{utterances} in {hours:.1} hours, {found} found, {repeated} heard in pieces"),
        ),
        ("announced", format!("{}, {right} of them right; {unsure} unsure", found - unsure)),
        ("UA", format!("{} %, by the most likely label of what was found", percent(*ua))),
        ("false", format!("{:.1} an hour without speech", streamed.false_per_hour)),
        (
            "latency",
            format!(
                "{:.2} s from the end of speech; the first announcement {:.1} s after its beginning",
                streamed.latency_s, streamed.announced_after_s
            ),
        ),
        (
            "changes",
            format!(
                "{} % of {} answers within utterances differ from the one before",
                percent(streamed.changes_share),
                streamed.answers
            ),
        ),
    ];
    let facts = facts.map(|(name, value)| format!("{name:<12}{value}")).join("\n");
    let mut places = table(["around", "utterances", "found %", "right %", "unsure %", "false an hour"]);
    for InPlace { place, here: Found { utterances, found, right, unsure }, false_per_hour } in
        &streamed.by_place
    {
        let shares = [found, right, unsure].map(|count| percent(*count as f64 / *utterances as f64));
        let figures = shares.into_iter().chain([format!("{false_per_hour:.1}")]);
        places.add_row([place.name().to_owned(), utterances.to_string()].into_iter().chain(figures));
    }
    let names = [
        "threshold %",
        "announced %",
        "right of these %",
        "confidence %",
        "ECE %",
        "by chance %",
        "false an hour",
    ];
    let mut thresholds = table(names);
    for Announced { threshold, announced, right, calibration, false_per_hour } in &streamed.by_threshold {
        let shares = [*announced, *right].into_iter().chain(calibration.figures()).map(percent);
        let ends = [format!("{false_per_hour:.1}")];
        thresholds.add_row([threshold.to_string()].into_iter().chain(shares).chain(ends));
    }
    format!("{facts}\n\n{places}\n\n{thresholds}")
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
        "no recordings of speaker {}; there are {}",
        unknown.join(", "),
        corpus::those("of", known)
    );
    Ok(clips.into_iter().filter(|clip| speakers.contains(&clip.speaker)).collect())
}

/// What a model came to on some recordings.
struct ModelScores {
    all: Confusion,
    by_corpus: BTreeMap<Corpus, Confusion>,
    /// The same if the model knew which classes each corpus has.
    among_its_classes: BTreeMap<Corpus, Confusion>,
    calibration: Calibration,
    coverage: Vec<Covered>,
    /// Seconds of the same speaker that were heard before each recording.
    after: Option<u32>,
}

impl ModelScores {
    fn of(test: &TestSet, predictions: &[Prediction], after: Option<u32>) -> Self {
        let classes = || predictions.iter().map(|prediction| prediction.class);
        Self {
            all: test.confusion(classes()),
            by_corpus: test.confusion_by_corpus(classes()),
            among_its_classes: test.confusion_by_corpus(test.among_its_classes(predictions)),
            calibration: test.calibration(predictions),
            coverage: coverage(&test.judged(predictions).collect::<Vec<_>>()),
            after,
        }
    }

    fn json(&self, demonstration: bool) -> Value {
        let corpus = |(corpus, confusion): (&Corpus, &Confusion)| {
            let mut scores = json!(confusion);
            scores["ua_among_its_classes"] = self.among_its_classes[corpus].ua().into();
            (corpus.to_string(), scores)
        };
        let corpora: Map<_, _> = self.by_corpus.iter().map(corpus).collect();
        let mut value = json!(self.all);
        value["by_corpus"] = corpora.into();
        value["confidence"] = self.calibration.confidence.into();
        value["ece"] = self.calibration.ece.into();
        value["ece_by_chance"] = self.calibration.ece_by_chance.into();
        value["coverage"] = json!(self.coverage);
        if let Some(seconds) = self.after {
            value["after_s"] = json!(seconds);
        }
        value["demonstration"] = demonstration.into();
        value
    }

    fn text(&self) -> String {
        let mut scores = table(["corpus", "clips", "WA %", "UA %", "among its classes"]);
        let corpora = self.by_corpus.iter().map(|(corpus, confusion)| {
            (corpus.name(), confusion, percent(self.among_its_classes[corpus].ua()))
        });
        for (name, confusion, own) in corpora.chain([("all", &self.all, String::new())]) {
            let [wa, ua] = [confusion.wa(), confusion.ua()].map(percent);
            scores.add_row([name.to_owned(), confusion.clips().to_string(), wa, ua, own]);
        }
        let [confidence, ece, by_chance] = self.calibration.figures().map(percent);
        let believed = format!(
            "mean confidence {confidence} %, expected calibration error {ece} %, of which so few clips make about \
             {by_chance} % by chance"
        );
        let after = self.after.map_or(String::new(), |seconds| {
            format!("After {seconds} s of the same speaker's other recordings, without their labels.\n\n")
        });
        format!("{after}{scores}\n\n{believed}\n\n{}\n\n{}", classes(&self.all), counts(&self.all))
    }
}

fn classes(confusion: &Confusion) -> Table {
    let mut table = table(["class", "precision %", "recall %", "F1 %", "clips"]);
    for class in confusion.classes() {
        let [precision, recall, f1] = [class.precision, class.recall, class.f1].map(percent);
        table.add_row([class.emotion, precision, recall, f1, class.support.to_string()]);
    }
    table
}
