use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Context;
use indicatif::HumanDuration;

use super::halving::{first_rung, survivors};
use super::sample::sample;
use super::{Budget, Score, SearchFacts, Trial, Tuning};
use crate::augment::Environments;
use crate::corpus::Parts;
use crate::network::FloatModel;
use crate::preset::Preset;
use crate::progress::Board;
use crate::recordings::Recordings;
use crate::teacher::Teacher;
use crate::training::{Diverged, Judges, Options, TrainingClip, Validation};
use crate::{report, workers};

/// A search in a folder: `trials.json`, `preset.json` and `report.html` there are as of the latest trial.
pub(crate) struct Search<'a> {
    start: &'a Preset,
    facts: SearchFacts,
    train: Vec<TrainingClip>,
    validation: Vec<TrainingClip>,
    environments: Environments,
    out: &'a Path,
    trials: Mutex<BTreeMap<usize, Trial>>,
}

impl<'a> Search<'a> {
    /// Goes on from what is in the folder.
    ///
    /// # Errors
    /// Names the file of an earlier search that can't be read.
    pub(crate) fn new(
        start: &'a Preset,
        facts: SearchFacts,
        recordings: &Recordings,
        parts: &Parts,
        teacher: &Teacher,
        environments: Environments,
        out: &'a Path,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            start,
            train: recordings.taught(&parts.train, teacher),
            validation: recordings.training_clips(&parts.validation),
            trials: Mutex::new(Tuning::read_trials(&out.join("trials.json"))?),
            facts,
            environments,
            out,
        })
    }

    /// The trials so far.
    pub(crate) fn tuning(&self) -> Tuning {
        Tuning::new(self.facts.clone(), &self.trials())
    }

    /// Does what is left of a bracket, counted from 0: its trials on the first rung, the best of them on the next.
    /// Returns whether it was done before the budget was spent.
    ///
    /// # Errors
    /// A training that failed otherwise than by diverging, or a file that can't be written.
    pub(crate) fn bracket(
        &self,
        bracket: usize,
        jobs: Option<NonZeroUsize>,
        budget: &Budget,
    ) -> anyhow::Result<bool> {
        let size = first_rung(self.facts.rungs.len());
        let mut numbers: Vec<usize> = (bracket * size..(bracket + 1) * size).collect();
        for (rung, &epochs) in self.facts.rungs.iter().enumerate() {
            let left = self.without_score(&numbers, rung);
            if !left.is_empty() {
                eprintln!(
                    "bracket {}: {} to be trained for {epochs} epochs; {} of the budget left",
                    bracket + 1,
                    left.len(),
                    HumanDuration(budget.left())
                );
            }
            let board = Board::new(left.len() * epochs, "epochs of these trials");
            workers::each(&left, jobs, |&number| self.attempt(number, epochs, &board, budget))?;
            drop(board);
            if !self.without_score(&numbers, rung).is_empty() {
                return Ok(false);
            }
            numbers = self.survivors(&numbers, rung);
        }
        Ok(true)
    }

    fn without_score(&self, numbers: &[usize], rung: usize) -> Vec<usize> {
        let trials = self.trials();
        let scored = |number: usize| trials.get(&number).is_some_and(|trial| trial.scores.len() > rung);
        numbers.iter().copied().filter(|&number| !scored(number)).collect()
    }

    fn survivors(&self, numbers: &[usize], rung: usize) -> Vec<usize> {
        let trials = self.trials();
        survivors(numbers.iter().filter_map(|number| trials.get(number)).collect(), rung)
    }

    /// Trains and scores a trial, if there is time.
    fn attempt(&self, number: usize, epochs: usize, board: &Board, budget: &Budget) -> anyhow::Result<()> {
        if !budget.allows(epochs) {
            return Ok(());
        }
        let begun = Instant::now();
        let name = format!("trial {number}, {epochs} epochs");
        let folder = self.out.join("trainings").join(format!("trial-{number}-epochs-{epochs}"));
        let preset = self.preset(number);
        let score =
            self.score(&preset, epochs, &folder, &name, board).with_context(|| format!("{name}: failed"))?;
        self.record(number, preset, score)?;
        // A training that was scored is of no more use; one that can't be removed does no harm.
        let _ = std::fs::remove_dir_all(folder);
        budget.spend(epochs, begun.elapsed());
        let result = score.map_or("diverged".to_owned(), |Score { ua, loss }| {
            format!("UA {:.1} %, loss {loss:.3}", 100.0 * ua)
        });
        board.line(&format!("{name}: {result}"));
        Ok(())
    }

    /// A worker that panics takes the others down, so what it left behind is of no matter.
    fn trials(&self) -> MutexGuard<'_, BTreeMap<usize, Trial>> {
        self.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was tried on an earlier rung, or drawn now.
    fn preset(&self, number: usize) -> Preset {
        let trials = self.trials();
        let classes = self.facts.classes.labels().len();
        let drawn = || sample(self.start, classes, self.facts.seed, number);
        trials.get(&number).map_or_else(drawn, |trial| trial.preset.clone())
    }

    /// Trains in a folder, from where an earlier run left off. None if training diverges.
    fn score(
        &self,
        preset: &Preset,
        epochs: usize,
        folder: &Path,
        name: &str,
        board: &Board,
    ) -> anyhow::Result<Option<Score>> {
        let mut preset = preset.clone();
        preset.recipe.epochs = epochs;
        let environments = self.environments.clone();
        let options = Options { environments, ..Options::new(folder, self.facts.seed) };
        match workers::fit_on(board, name, &preset, &self.facts.classes, &self.train, options) {
            Ok(trained) => Ok(score(&trained.model, &self.validation, &self.train)),
            Err(error) if error.is::<Diverged>() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes down a score.
    fn record(&self, number: usize, preset: Preset, score: Option<Score>) -> anyhow::Result<()> {
        let mut trials = self.trials();
        let trial = trials.entry(number).or_insert(Trial { number, scores: Vec::new(), preset });
        trial.scores.push(score);
        report::write_tuning(&Tuning::new(self.facts.clone(), &trials), self.out)
    }
}

/// Of a model whose loss is a number.
fn score(model: &FloatModel, validation: &[TrainingClip], learnt: &[TrainingClip]) -> Option<Score> {
    let judges = Judges::new(validation, learnt, &model.hearing);
    let Validation { ua, loss, .. } = judges.validate(&model.labels, &model.network, &model.weights);
    loss.is_finite().then_some(Score { ua, loss })
}
