use serde::Serialize;

use super::{Adapted, Cut, Difference, Outcome, Together};
use crate::corpus::{Classes, Sex};
use crate::evaluate::{
    Answer, Both, Calibration, ClassScores, Confusion, Footprint, OfScores, QuantisationLoss, Scores,
    confusions,
};

/// Test speakers of a fold who are named, at most.
const NAMED: usize = 12;

/// What was trained.
#[derive(Debug, Serialize)]
pub(crate) struct CrossvalFacts {
    /// How folds were cut: by `folds` of a file, by `corpus` or by `speaker`.
    pub(crate) protocol: &'static str,
    /// Whether folds leave their own test clips out altogether and are scored on the next one's.
    pub(crate) inner: bool,
    pub(crate) preset: String,
    pub(crate) classes: Classes,
    pub(crate) epochs: usize,
    /// Whether the clips are of the built-in corpus.
    pub(crate) demonstration: bool,
}

/// What a cross-validation came to; serialises to `crossval.json`. Pooled figures are over the answers of all
/// folds and seeds.
#[derive(Debug, Serialize)]
pub(crate) struct CrossvalResults {
    #[serde(flatten)]
    pub(crate) facts: CrossvalFacts,
    pub(crate) model: Footprint,
    pub(crate) folds: Vec<Fold>,
    /// The mean over the folds for each seed, from seed 1.
    pub(crate) seeds: Vec<Both<Scores>>,
    pub(crate) mean: Mean,
    /// Of the mean, by speaker.
    pub(crate) intervals: Both<OfScores>,
    /// Of the mean.
    #[serde(rename = "quantisation_loss")]
    pub(crate) quantisation: QuantisationLoss,
    /// All seeds' models as one.
    pub(crate) together: Together,
    /// From another cross-validation, if it is compared with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) difference: Option<Difference>,
    /// The standard deviation of `seeds`, where there are two or more.
    pub(crate) spread: Option<Both<Scores>>,
    /// Pooled.
    pub(crate) emotions: Vec<Recall>,
    /// Pooled; of the speakers whose sex is known.
    pub(crate) sexes: Vec<OfSex>,
    /// The expected calibration error of the blobs' confidence, 0 to 1, pooled.
    pub(crate) ece: f64,
    /// Pooled.
    pub(crate) confusion: Both<Confusion>,
}

/// The figures of a fold: means over the seeds.
#[derive(Debug, Serialize)]
pub(crate) struct Fold {
    /// The corpus that was left out, or the fold's number.
    pub(crate) name: String,
    pub(crate) speakers: Vec<String>,
    pub(crate) clips: usize,
    #[serde(flatten)]
    pub(crate) scores: Both<Scores>,
    /// By speaker.
    pub(crate) intervals: Both<OfScores>,
    /// Of the blobs of all seeds.
    pub(crate) calibration: Calibration,
    /// After some seconds of the same speaker, for a model that learns voices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) adapted: Vec<Adapted>,
    /// From seed 1.
    pub(crate) seeds: Vec<Both<Scores>>,
}

/// The mean over the folds.
#[derive(Debug, Serialize)]
pub(crate) struct Mean {
    #[serde(flatten)]
    pub(crate) scores: Both<Scores>,
    /// After some seconds of the same speaker, for a model that learns voices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) adapted: Vec<Adapted>,
}

/// How much of a class is recognised, 0 to 1.
#[derive(Debug, Serialize)]
pub(crate) struct Recall {
    pub(crate) emotion: String,
    pub(crate) recall: Both<f64>,
}

/// The figures of the speakers of one sex.
#[derive(Debug, Serialize)]
pub(crate) struct OfSex {
    pub(crate) sex: Sex,
    #[serde(flatten)]
    pub(crate) scores: Both<Scores>,
}

impl CrossvalResults {
    /// Sums up the outcomes of every fold with every seed; `cuts` are the folds.
    ///
    /// # Errors
    /// Two seeds of a fold were not tested on the same clips.
    pub(crate) fn new(
        facts: CrossvalFacts,
        model: Footprint,
        cuts: &[Cut],
        outcomes: &[Outcome],
    ) -> anyhow::Result<Self> {
        let folds: Vec<Fold> =
            (1..).zip(cuts).map(|(number, cut)| Fold::new(number, cut, outcomes)).collect();
        let seeds = outcomes.iter().map(|outcome| outcome.seed).max().unwrap_or(0);
        let of_seed = |seed| {
            let outcomes = outcomes.iter().filter(|outcome| outcome.seed == seed);
            Both::mean(&outcomes.map(|outcome| outcome.scores).collect::<Vec<_>>())
        };
        let seeds: Vec<_> = (1..=seeds).map(of_seed).collect();
        let answers: Vec<&Answer> = outcomes.iter().flat_map(|outcome| &outcome.answers.answers).collect();
        let labels = facts.classes.labels();
        let confusion = confusions(labels, answers.iter().copied());
        Ok(Self {
            intervals: Both::of(outcomes.iter().flat_map(Outcome::by_fold)),
            quantisation: QuantisationLoss::of(outcomes.iter().flat_map(Outcome::by_fold)),
            together: Together::new(outcomes)?,
            difference: None,
            mean: Mean::of(&folds),
            spread: Both::deviation(&seeds),
            emotions: recalls(&confusion),
            sexes: Sex::ALL.into_iter().filter_map(|sex| OfSex::new(sex, labels, &answers)).collect(),
            ece: Calibration::of(answers.iter().map(|answer| answer.judged())).ece,
            facts,
            model,
            folds,
            seeds,
            confusion,
        })
    }
}

impl Mean {
    fn of(folds: &[Fold]) -> Self {
        Self {
            scores: Both::mean(&folds.iter().map(|fold| fold.scores).collect::<Vec<_>>()),
            adapted: Adapted::mean(&folds.iter().map(|fold| &fold.adapted[..]).collect::<Vec<_>>()),
        }
    }
}

impl Fold {
    /// Its test speakers by name, or how many they are.
    pub(crate) fn who(&self) -> String {
        let Self { speakers, .. } = self;
        if speakers.len() > NAMED { format!("{} speakers", speakers.len()) } else { speakers.join(" ") }
    }

    fn new(number: usize, cut: &Cut, outcomes: &[Outcome]) -> Self {
        let outcomes: Vec<_> = outcomes.iter().filter(|outcome| outcome.fold == number).collect();
        let seeds: Vec<_> = outcomes.iter().map(|outcome| outcome.scores).collect();
        let adapted: Vec<_> = outcomes.iter().map(|outcome| &outcome.adapted[..]).collect();
        Self {
            name: cut.name.clone(),
            speakers: cut.speakers.clone(),
            clips: outcomes.first().map_or(0, |outcome| outcome.answers.answers.len()),
            scores: Both::mean(&seeds),
            intervals: Both::of(outcomes.iter().flat_map(|outcome| outcome.by_fold())),
            calibration: Calibration::of(
                outcomes.iter().flat_map(|outcome| &outcome.answers.answers).map(Answer::judged),
            ),
            adapted: Adapted::mean(&adapted),
            seeds,
        }
    }
}

impl OfSex {
    /// None if no speaker is known to be of that sex.
    fn new(sex: Sex, labels: &[String], answers: &[&Answer]) -> Option<Self> {
        let mut theirs = answers.iter().copied().filter(|answer| answer.sex == Some(sex)).peekable();
        theirs.peek()?;
        Some(Self { sex, scores: confusions(labels, theirs).map(Scores::of) })
    }
}

fn recalls(confusion: &Both<Confusion>) -> Vec<Recall> {
    let classes = confusion.float.classes().into_iter().zip(confusion.int8.classes());
    let recall = |(float, int8): (ClassScores, ClassScores)| Recall {
        emotion: float.emotion,
        recall: Both { float: float.recall, int8: int8.recall },
    };
    classes.map(recall).collect()
}
