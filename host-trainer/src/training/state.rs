use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::branch::Branch;
use super::disturbed_clips::DisturbedClips;
use super::history::{Diverged, Epoch, EpochSums};
use super::judges::Validation;
use super::schedule::cosine;
use super::setup::Setup;
use crate::network::Weights;

/// Everything that a run needs to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TrainingState {
    branches: Vec<Branch>,
    /// The epochs so far.
    pub(super) history: Vec<Epoch>,
    /// The branches' averages after the best epoch.
    pub(super) best: Weights,
    /// Its index in the history.
    pub(super) best_epoch: usize,
}

impl TrainingState {
    pub(super) fn start(setup: &Setup<'_>) -> Self {
        let start = |(index, network)| {
            let fresh = Branch::fresh(index, network, setup.seed);
            let known = setup.init.map(|init| init.branch(index, &fresh, setup.labels));
            Branch::start(index, known.unwrap_or(fresh))
        };
        Self {
            branches: setup.branches.iter().enumerate().map(start).collect(),
            history: Vec::new(),
            best: Weights::default(),
            best_epoch: 0,
        }
    }

    /// Whether all epochs are done, or the last ones brought no lower validation loss at a learning rate that has
    /// fallen to a tenth of its highest: while it is high, a network may rest for a while and still become better as it
    /// falls. Without validation all epochs are done.
    pub(super) fn is_over(&self, epochs: usize) -> bool {
        let done = self.history.len();
        let rests = self.history.last().is_some_and(|epoch| epoch.validation.is_some())
            && done > self.best_epoch + patience(epochs);
        done >= epochs || (rests && cosine(done as f32 / epochs as f32) <= LATE)
    }

    /// One pass over the training clips and a look at the validation clips. Returns whether the model became
    /// better.
    ///
    /// # Errors
    /// The loss is not a finite number any more.
    pub(super) fn epoch(
        &mut self,
        setup: &Setup<'_>,
        disturbed: &mut DisturbedClips,
        bar: &ProgressBar,
    ) -> anyhow::Result<bool> {
        let epoch = self.history.len();
        let clips = disturbed.of_epoch(setup, epoch);
        let branches = self.branches.par_iter_mut();
        let sums: anyhow::Result<Vec<EpochSums>> =
            branches.map(|branch| branch.epoch(setup, epoch, clips, bar)).collect();
        let sums = sums?.into_iter().fold(EpochSums::default(), EpochSums::with);
        let average = Weights::of_branches(setup.network, self.branches.iter().map(|branch| &branch.average));
        let latest = self.evaluate(setup, &average, &sums)?;
        let better = self.history.get(self.best_epoch).is_none_or(|best| latest.is_better_than(best));
        if better {
            self.best = average;
            self.best_epoch = epoch;
        }
        self.history.push(latest);
        Ok(better)
    }

    fn evaluate(&self, setup: &Setup<'_>, average: &Weights, sums: &EpochSums) -> anyhow::Result<Epoch> {
        let progress = (self.history.len() + 1) as f32 / setup.recipe.epochs as f32;
        Ok(Epoch {
            learning_rate: setup.recipe.learning_rate * cosine(progress),
            train_loss: sums.loss(),
            train_accuracy: sums.accuracy(),
            validation: self.validate(setup, average)?,
        })
    }

    fn validate(&self, setup: &Setup<'_>, average: &Weights) -> anyhow::Result<Option<Validation>> {
        if setup.judges.is_empty() {
            return Ok(None);
        }
        let validation = setup.judges.validate(setup.labels, setup.network, average);
        if !validation.loss.is_finite() {
            return Err(Diverged { epoch: self.history.len() + 1, loss: validation.loss }.into());
        }
        Ok(Some(validation))
    }
}

/// The share of the highest learning rate from which on a training may stop before its end.
const LATE: f32 = 0.1;

/// After how many epochs that bring nothing training stops: six, or a tenth of a long training, whose learning rate
/// falls as much more slowly.
fn patience(epochs: usize) -> usize {
    (epochs / 10).max(6)
}
