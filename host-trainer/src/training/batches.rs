use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::run::Setup;
use super::sounds::Sound;
use crate::augment::mixup;
use crate::features::Voice;

/// What random numbers are for. Each use has a stream of its own in each branch, so none depends on the order of
/// work.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The weights before training.
    Start,
    /// The order of an epoch's clips.
    Order { epoch: usize },
    /// The changes to a clip's sound.
    Sound { round: usize, clip: usize },
    /// What is heard before a clip, and the changes to its features.
    Features { epoch: usize, clip: usize },
    /// The mixtures of a batch and what is dropped in it.
    Batch { epoch: usize, batch: usize },
}

/// The generator for one purpose.
pub(super) fn generator(seed: u64, purpose: Purpose) -> ChaCha8Rng {
    let (kind, epoch, item) = match purpose {
        Purpose::Start => (0, 0, 0),
        Purpose::Order { epoch } => (1, epoch, 0),
        Purpose::Sound { round, clip } => (2, round, clip),
        Purpose::Features { epoch, clip } => (4, epoch, clip),
        Purpose::Batch { epoch, batch } => (3, epoch, batch),
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(kind << 61 | (epoch as u64) << 32 | item as u64);
    rng
}

/// A generator for the same purpose in one branch; the first branch has the very generator.
pub(super) fn of_branch(mut rng: ChaCha8Rng, branch: usize) -> ChaCha8Rng {
    rng.set_stream(rng.get_stream() | (branch as u64) << 48);
    rng
}

/// The clips of each batch of an epoch: all clips in random order, cut as evenly as can be.
pub(super) fn shuffled(clips: usize, batch: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..clips).collect();
    order.shuffle(rng);
    let count = clips.div_ceil(batch);
    (0..count).map(|index| order[index * clips / count..(index + 1) * clips / count].to_vec()).collect()
}

/// A batch as the network takes it: inputs and target distributions, row by row.
pub(super) struct Batch {
    pub(super) inputs: Vec<f32>,
    pub(super) targets: Vec<f32>,
}

impl Batch {
    /// Gives the clips of a batch what was heard before, disturbs their features for a branch on all cores, mixes them,
    /// and asks the teachers.
    pub(super) fn assemble(
        setup: &Setup<'_>,
        epoch: usize,
        sounds: &[Sound],
        clips: &[usize],
        branch: usize,
        rng: &mut ChaCha8Rng,
    ) -> Self {
        let Setup { recipe, classes, augmenter, teachers, log_prior, seed, .. } = setup;
        let input = |&clip: &usize| {
            let rng = &mut of_branch(generator(*seed, Purpose::Features { epoch, clip }), branch);
            let voice = known_voice(setup, sounds, clip, rng);
            augmenter.input(&sounds[clip].frames, &voice, rng)
        };
        let mut inputs: Vec<Vec<f32>> = clips.par_iter().map(input).collect();
        let target = |&clip: &usize| smoothed(sounds[clip].class, *classes, recipe.label_smoothing);
        let mut targets: Vec<Vec<f32>> = clips.iter().map(target).collect();
        if let Some(alpha) = recipe.augmentation.mixup {
            mixup(&mut inputs, &mut targets, alpha, rng);
        }
        teachers.advise(&inputs, log_prior, &mut targets, recipe.teacher_share);
        Self { inputs: inputs.concat(), targets: targets.concat() }
    }
}

/// What is known of a clip's voice from the speaker's other clips, some of which are drawn.
fn known_voice(setup: &Setup<'_>, sounds: &[Sound], clip: usize, rng: &mut ChaCha8Rng) -> Voice {
    let Some(context) = setup.recipe.context else { return Voice::default() };
    let heard = setup.speakers.heard_before(clip, sounds[clip].speaker, context, rng);
    let voices = heard.into_iter().map(|other| &sounds[other].voice);
    setup.augmenter.hearing.together(voices)
}

/// All but `smoothing` on the right class, that share over all classes (Szegedy et al., "Rethinking the
/// Inception Architecture", 2016).
fn smoothed(class: usize, classes: usize, smoothing: f32) -> Vec<f32> {
    let everywhere = smoothing / classes as f32;
    (0..classes).map(|index| if index == class { 1.0 - smoothing + everywhere } else { everywhere }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_has_every_clip_once_in_even_batches() {
        let batches = shuffled(101, 32, &mut generator(1, Purpose::Order { epoch: 0 }));
        assert!(batches.iter().all(|batch| (25..=26).contains(&batch.len())));
        let mut clips = batches.concat();
        assert!(!clips.is_sorted());
        clips.sort_unstable();
        assert!(clips.into_iter().eq(0..101));
    }

    #[test]
    fn streams_differ() {
        use rand::Rng as _;
        let purposes = [
            Purpose::Start,
            Purpose::Order { epoch: 0 },
            Purpose::Sound { round: 0, clip: 0 },
            Purpose::Sound { round: 0, clip: 1 },
            Purpose::Sound { round: 1, clip: 0 },
            Purpose::Features { epoch: 0, clip: 0 },
            Purpose::Features { epoch: 1, clip: 1 },
            Purpose::Batch { epoch: 0, batch: 0 },
        ];
        let of_branches = |purpose| (0..3).map(move |branch| of_branch(generator(9, purpose), branch));
        let first: std::collections::BTreeSet<u64> =
            purposes.into_iter().flat_map(of_branches).map(|mut rng| rng.next_u64()).collect();
        assert_eq!(first.len(), 3 * purposes.len());
    }

    #[test]
    fn smoothing_keeps_a_distribution() {
        let target = smoothed(1, 4, 0.2);
        for (found, expected) in target.iter().zip([0.05, 0.85, 0.05, 0.05]) {
            assert!((found - expected).abs() < 1e-6);
        }
    }
}
