use rayon::prelude::*;

use super::random::{Purpose, generator};
use super::setup::Setup;
use super::training_clip::TrainingClip;
use crate::features::Voice;

/// Epochs that learn from the same disturbed sounds. Disturbing sound would be a quarter of a training if each epoch
/// did it, and features are disturbed and mixed anew in every epoch all the same.
const EPOCHS_A_ROUND: usize = 4;

/// A training clip with its sound disturbed, as the branches share it.
pub(super) struct DisturbedClip {
    pub(super) speaker: usize,
    /// Its [`log_mel`](crate::features::log_mel).
    pub(super) frames: Vec<i16>,
    /// What is learnt of the speaker's voice from this clip alone.
    pub(super) voice: Voice,
}

/// The training clips of the latest epoch, in the order of the training clips.
#[derive(Default)]
pub(super) struct DisturbedClips {
    /// Which round of epochs they are for, once there are any.
    round: Option<usize>,
    clips: Vec<DisturbedClip>,
}

impl DisturbedClips {
    /// All training clips as an epoch hears them, whichever epochs have been asked for before.
    pub(super) fn of_epoch(&mut self, setup: &Setup<'_>, epoch: usize) -> &[DisturbedClip] {
        let round = epoch / EPOCHS_A_ROUND;
        if self.round.replace(round) != Some(round) {
            self.clips = disturbed(setup, round);
        }
        &self.clips
    }
}

/// Disturbs all training clips on all cores.
fn disturbed(setup: &Setup<'_>, round: usize) -> Vec<DisturbedClip> {
    let disturbed = |(index, clip): (usize, &TrainingClip)| {
        let mut rng = generator(setup.seed, Purpose::Sound { round, clip: index });
        let frames = setup.augmenter.frames(&clip.samples, &mut rng);
        let voice = setup.augmenter.hearing.learn(&frames);
        DisturbedClip { speaker: clip.speaker, frames, voice }
    };
    setup.train.par_iter().enumerate().map(disturbed).collect()
}
