use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::advice::advised;
use super::disturbed_clips::DisturbedClip;
use super::random::{Purpose, generator, of_branch};
use super::setup::Setup;
use super::training_clip::TrainingClip;
use crate::augment::Mixture;
use crate::features::Voice;
use crate::preset::Teaching;

/// Added to a logit, it makes a probability that is 0 in an f32, and so a gradient that is 0, and stays finite.
const IMPOSSIBLE: f32 = -1e4;

/// A clip's turn in an epoch; a clip may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Draw {
    /// Counted from 0 in the epoch.
    pub(super) number: usize,
    /// Index of the training clip.
    pub(super) clip: usize,
}

/// Cuts an epoch's clips into batches, as evenly as can be.
pub(super) fn batches(order: &[usize], batch: usize) -> Vec<Vec<Draw>> {
    let draws: Vec<Draw> = order.iter().enumerate().map(|(number, &clip)| Draw { number, clip }).collect();
    let (all, count) = (draws.len(), draws.len().div_ceil(batch));
    (0..count).map(|index| draws[index * all / count..(index + 1) * all / count].to_vec()).collect()
}

/// A batch as the network takes it, row by row.
pub(super) struct Batch {
    pub(super) inputs: Vec<f32>,
    /// The distributions that are to be said.
    pub(super) targets: Vec<f32>,
    /// By row, the share of it whose label is known.
    pub(super) labelled: Vec<f32>,
    /// What is added to the logits.
    pub(super) log_priors: Vec<f32>,
}

impl Batch {
    /// Gives the clips of a batch what was heard before, disturbs their features for a branch on all cores, mixes them,
    /// with what a teacher says of them.
    pub(super) fn assemble(
        setup: &Setup<'_>,
        epoch: usize,
        disturbed: &[DisturbedClip],
        draws: &[Draw],
        branch: usize,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let Setup { recipe, balance, augmenter, train, seed, .. } = setup;
        let input = |&Draw { number: draw, clip }: &Draw| {
            let rng = &mut of_branch(generator(*seed, Purpose::Features { epoch, draw }), branch);
            let voice = known_voice(setup, disturbed, clip, rng);
            augmenter.input(&disturbed[clip].frames, &voice, rng)
        };
        let mut inputs: Vec<Vec<f32>> = draws.par_iter().map(input).collect();
        let mut priors: Vec<Vec<f32>> = draws.iter().map(|draw| balance.prior(draw.clip).to_vec()).collect();
        let target = |(draw, prior): (&Draw, &Vec<f32>)| {
            let TrainingClip { class, advice, .. } = &train[draw.clip];
            let mut target = smoothed(*class, prior, recipe.label_smoothing);
            if let Some(logits) = advice {
                // Without a label the teacher's word is all.
                let share = if class.is_some() { recipe.teacher.share } else { 1.0 };
                advised(&mut target, logits, prior, Teaching { share, ..recipe.teacher });
            }
            target
        };
        let mut targets: Vec<Vec<f32>> = draws.iter().zip(&priors).map(target).collect();
        let is_labelled = |draw: &Draw| vec![f32::from(u8::from(train[draw.clip].class.is_some()))];
        let mut labelled: Vec<Vec<f32>> = draws.iter().map(is_labelled).collect();
        if let Some(alpha) = recipe.augmentation.mixup {
            let mixture = Mixture::draw(draws.len(), alpha, rng);
            let rows = [&mut inputs, &mut targets, &mut labelled, &mut priors];
            rows.into_iter().for_each(|rows| mixture.mix(rows));
        }
        let log_priors: Vec<Vec<f32>> = priors.iter().map(|prior| log_prior(prior)).collect();
        Self {
            inputs: inputs.concat(),
            targets: targets.concat(),
            labelled: labelled.concat(),
            log_priors: log_priors.concat(),
        }
    }
}

/// What is known of a clip's voice from the speaker's other clips, some of which are drawn.
fn known_voice(setup: &Setup<'_>, disturbed: &[DisturbedClip], clip: usize, rng: &mut ChaCha8Rng) -> Voice {
    let Some(context) = setup.recipe.context else { return Voice::default() };
    let heard = setup.speakers.heard_before(clip, disturbed[clip].speaker, context, rng);
    let voices = heard.into_iter().map(|other| &disturbed[other].voice);
    setup.augmenter.hearing.together(voices)
}

/// All but `smoothing` on the right class, if it is known, that share over all classes that are possible (Szegedy et
/// al., "Rethinking the Inception Architecture", 2016).
fn smoothed(class: Option<usize>, prior: &[f32], smoothing: f32) -> Vec<f32> {
    let possible = prior.iter().filter(|&&prior| prior > 0.0).count();
    let everywhere = smoothing / possible as f32;
    let share = |(index, &prior): (usize, &f32)| {
        let own = if Some(index) == class { 1.0 - smoothing } else { 0.0 };
        if prior > 0.0 { own + everywhere } else { own }
    };
    prior.iter().enumerate().map(share).collect()
}

/// What is added to the logits of a clip, or of a mixture of clips, whose mixed prior this is: a class that is in
/// one's corpus only is as likely as that one's share lets it be.
fn log_prior(prior: &[f32]) -> Vec<f32> {
    prior.iter().map(|prior| prior.ln().max(IMPOSSIBLE)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_cut_into_even_batches() {
        let order: Vec<usize> = (0..101).rev().collect();
        let batches = batches(&order, 32);
        assert!(batches.iter().all(|batch| (25..=26).contains(&batch.len())));
        let draws = batches.concat();
        assert!(draws.iter().map(|draw| draw.number).eq(0..101));
        assert!(draws.into_iter().map(|draw| draw.clip).eq(order));
    }

    #[test]
    fn smoothing_keeps_a_distribution() {
        for (prior, expected) in
            [([0.25; 4], [0.05, 0.85, 0.05, 0.05]), ([0.5, 0.5, 0.0, 0.0], [0.1, 0.9, 0.0, 0.0])]
        {
            for (found, expected) in smoothed(Some(1), &prior, 0.2).iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6);
            }
        }
    }
}
