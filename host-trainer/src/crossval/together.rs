use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::ensure;
use serde::Serialize;

use super::Outcome;
use crate::evaluate::{Answer, Answers, Both, Calibration, OfScores, Scores};
use crate::files;
use crate::network::infer;
use crate::training::{Judged, balanced};

/// Errors that are listed.
const LISTED: usize = 20;

/// The models of all seeds of a fold as one, which judges by the sum of their logits. Its temperature is fitted on
/// the answers to test clips of all folds, all corpora and classes of which count the same.
#[derive(Debug, Serialize)]
pub(crate) struct Together {
    #[serde(flatten)]
    pub(crate) scores: Both<Scores>,
    pub(crate) intervals: Both<OfScores>,
    /// Of the sum of the blobs' logits, each over its own model's temperature.
    pub(crate) temperature: f64,
    /// The blobs' mean cross-entropy at that temperature, weighted likewise, in nats.
    pub(crate) loss: f64,
    /// The expected calibration error at that temperature, 0 to 1.
    pub(crate) ece: f64,
    /// The most confident errors, the worst first.
    pub(crate) worst: Vec<Error>,
}

/// A clip that was taken for something else.
#[derive(Debug, Serialize)]
pub(crate) struct Error {
    #[serde(serialize_with = "files::as_text")]
    pub(crate) path: PathBuf,
    pub(crate) corpus: String,
    pub(crate) speaker: String,
    pub(crate) label: String,
    pub(crate) predicted: String,
    pub(crate) confidence: f64,
}

impl Together {
    /// # Errors
    /// Two seeds of a fold were not tested on the same clips.
    pub(super) fn new(outcomes: &[Outcome]) -> anyhow::Result<Self> {
        let mut folds: BTreeMap<usize, Answers> = BTreeMap::new();
        for Outcome { fold, answers, .. } in outcomes {
            match folds.get_mut(fold) {
                None => drop(folds.insert(*fold, answers.clone())),
                Some(sum) => add(sum, answers)?,
            }
        }
        let scores: Vec<_> = folds.values().map(|answers| answers.confusions().map(Scores::of)).collect();
        let labels = folds.values().next().map_or(Vec::new(), |answers| answers.labels.clone());
        let mut all: Vec<(usize, Answer)> = Vec::new();
        folds
            .into_iter()
            .for_each(|(fold, sum)| all.extend(sum.answers.into_iter().map(|answer| (fold, answer))));

        let (temperature, loss) = calibrated(all.iter().map(|(_, answer)| answer));
        for (_, answer) in &mut all {
            let scaled: Vec<f32> =
                answer.logits.int8.iter().map(|logit| logit / temperature as f32).collect();
            answer.confidence = infer::softmax(&scaled).into_iter().fold(0.0, f32::max);
        }
        let answers: Vec<&Answer> = all.iter().map(|(_, answer)| answer).collect();
        Ok(Self {
            scores: Both::mean(&scores),
            intervals: Both::of(all.iter().map(|(fold, answer)| (*fold, answer))),
            temperature,
            loss,
            ece: Calibration::of(answers.iter().map(|answer| answer.judged())).ece,
            worst: worst(answers, &labels),
        })
    }
}

fn add(sum: &mut Answers, more: &Answers) -> anyhow::Result<()> {
    let paths =
        |answers: &Answers| answers.answers.iter().map(|answer| answer.path.clone()).collect::<Vec<_>>();
    ensure!(
        paths(sum) == paths(more),
        "two seeds of a fold were tested on different clips; choose another --out"
    );
    for (sum, more) in sum.answers.iter_mut().zip(&more.answers) {
        let all = [(&mut sum.logits.float, &more.logits.float), (&mut sum.logits.int8, &more.logits.int8)];
        for (sum, more) in all {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        }
    }
    Ok(())
}

/// The temperature of the blobs' logits at which their loss is lowest, and that loss.
pub(super) fn calibrated<'a>(answers: impl Iterator<Item = &'a Answer> + Clone) -> (f64, f64) {
    let logits: Vec<Vec<f32>> = answers.clone().map(|answer| answer.logits.int8.clone()).collect();
    let cells: Vec<_> = answers.map(|answer| (answer.corpus.as_str(), answer.truth)).collect();
    let classes: Vec<usize> = cells.iter().map(|&(_, class)| class).collect();
    let judged = Judged { logits: &logits, classes: &classes, weights: &balanced(&cells) };
    let temperature = judged.temperature();
    (temperature, judged.loss(temperature))
}

fn worst(answers: Vec<&Answer>, labels: &[String]) -> Vec<Error> {
    let mut wrong: Vec<&Answer> =
        answers.into_iter().filter(|answer| answer.said().int8 != answer.truth).collect();
    wrong.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then_with(|| a.path.cmp(&b.path)));
    let label = |class: usize| labels.get(class).cloned().unwrap_or_default();
    let error = |answer: &Answer| Error {
        path: answer.path.clone(),
        corpus: answer.corpus.clone(),
        speaker: answer.speaker.clone(),
        label: label(answer.truth),
        predicted: label(answer.said().int8),
        confidence: answer.confidence.into(),
    };
    wrong.into_iter().take(LISTED).map(error).collect()
}
