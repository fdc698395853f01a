use super::balance::Balance;
use super::contexts::ClipsBySpeaker;
use super::init::Init;
use super::judges::Judges;
use super::training_clip::TrainingClip;
use crate::augment::Augmenter;
use crate::network::Network;
use crate::preset::Recipe;

/// What stays the same during a run.
pub(super) struct Setup<'a> {
    pub(super) network: &'a Network,
    /// The network's.
    pub(super) branches: &'a [Network],
    pub(super) labels: &'a [String],
    pub(super) recipe: &'a Recipe,
    pub(super) seed: u64,
    pub(super) balance: Balance,
    pub(super) train: &'a [TrainingClip],
    pub(super) speakers: ClipsBySpeaker,
    pub(super) augmenter: Augmenter<'a>,
    pub(super) init: Option<&'a Init>,
    pub(super) judges: &'a Judges,
}

impl Setup<'_> {
    /// Values in a row of logits.
    pub(super) fn classes(&self) -> usize {
        self.labels.len()
    }

    /// Batches in an epoch of a branch.
    pub(super) fn batches(&self) -> usize {
        self.train.len().div_ceil(self.recipe.batch)
    }
}
