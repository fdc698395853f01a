use indicatif::ProgressBar;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use super::average;
use super::batches::{Batch, batches};
use super::disturbed_clips::DisturbedClip;
use super::history::{Diverged, EpochSums, Labelled};
use super::random::{Purpose, generator, of_branch};
use super::schedule::cosine;
use super::setup::Setup;
use crate::evaluate::largest;
use crate::network::{self, BatchNorm, Network, Weights};
use crate::ops::{self, Statistics, Tape, Variable, cross_entropy};

/// How much of a batch's statistics goes into the running ones.
const STATISTICS_SHARE: f32 = 0.1;

/// A branch under training. Branches learn apart from each other, each with an order, masks and mixtures of its
/// own: what they err in differs, and so their sum errs less.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Branch {
    index: usize,
    /// What gradients fit.
    weights: Weights,
    /// Their running average, which is what is evaluated and kept.
    pub(super) average: Weights,
    adam: Adam,
    steps: usize,
}

impl Branch {
    /// Random weights to start from.
    pub(super) fn fresh(index: usize, network: &Network, seed: u64) -> Weights {
        Weights::initial(network, &mut of_branch(generator(seed, Purpose::Start), index))
    }

    pub(super) fn start(index: usize, weights: Weights) -> Self {
        Self { index, average: weights.clone(), adam: Adam::new(&weights), steps: 0, weights }
    }

    /// One pass over the training clips, and what it came to.
    ///
    /// # Errors
    /// The loss is not a finite number any more.
    pub(super) fn epoch(
        &mut self,
        setup: &Setup<'_>,
        epoch: usize,
        disturbed: &[DisturbedClip],
        bar: &ProgressBar,
    ) -> anyhow::Result<EpochSums> {
        let mut sums = EpochSums::default();
        let order = setup.balance.draw(&mut self.generator(setup, Purpose::Order { epoch }));
        for (batch, draws) in batches(&order, setup.recipe.batch).iter().enumerate() {
            let rng = &mut self.generator(setup, Purpose::Batch { epoch, batch });
            let batch = Batch::assemble(setup, epoch, disturbed, draws, self.index, rng);
            self.step(setup, epoch, batch, &mut sums, rng)?;
            bar.set_message(format!(
                "epoch {}/{}: loss {:.3}, accuracy {:.1} %",
                epoch + 1,
                setup.recipe.epochs,
                sums.loss(),
                100.0 * sums.accuracy()
            ));
            bar.inc(1);
        }
        Ok(sums)
    }

    /// One step of the optimiser.
    fn step(
        &mut self,
        setup: &Setup<'_>,
        epoch: usize,
        Batch { inputs, targets, labelled, log_priors }: Batch,
        sums: &mut EpochSums,
        rng: &mut ChaCha8Rng,
    ) -> anyhow::Result<()> {
        let Setup { branches, recipe, .. } = setup;
        let classes = setup.classes();
        let mut tape = Tape::default();
        let pass = network::forward(&branches[self.index], &self.weights, inputs, &mut tape, rng);
        let logits = ops::add(&mut tape, &pass.logits, &Variable::constant(log_priors), false);
        let labelled = count(logits.values(), &targets, &labelled);
        let clips = targets.len() / classes;
        let (loss, mut gradients) = cross_entropy(tape, &logits, targets, classes)?;
        if !loss.is_finite() {
            return Err(Diverged { epoch: epoch + 1, loss: loss.into() }.into());
        }
        sums.add(clips, loss, labelled);
        let gradients: Result<Vec<_>, _> =
            pass.parameters.iter().map(|parameter| parameter.take_gradient(&mut gradients)).collect();
        let rate = recipe.learning_rate * cosine(self.progress(setup));
        self.adam.step(&mut self.weights, &gradients?, rate, recipe.weight_decay);
        update_statistics(&mut self.weights, &pass.statistics);
        average::update(&mut self.average, &self.weights, self.steps);
        self.steps += 1;
        Ok(())
    }

    /// How much of the run's steps is done, 0 to 1.
    pub(super) fn progress(&self, setup: &Setup<'_>) -> f32 {
        self.steps as f32 / (setup.recipe.epochs * setup.batches()) as f32
    }

    fn generator(&self, setup: &Setup<'_>, purpose: Purpose) -> ChaCha8Rng {
        of_branch(generator(setup.seed, purpose), self.index)
    }
}

/// The rows that have a label for the larger part, and those of them whose largest logit is where the largest target
/// is.
fn count(logits: &[f32], targets: &[f32], labelled: &[f32]) -> Labelled {
    let classes = targets.len() / labelled.len().max(1);
    let rows = logits.chunks_exact(classes).zip(targets.chunks_exact(classes)).zip(labelled);
    let rows = rows.filter(|(_, share)| **share > 0.5).map(|(row, _)| row);
    Labelled {
        clips: rows.clone().count(),
        right: rows.filter(|(logits, targets)| largest(logits) == largest(targets)).count(),
    }
}

/// Moves the running statistics towards a batch's.
fn update_statistics(weights: &mut Weights, statistics: &[Option<Statistics>]) {
    let norms = weights.layers.iter_mut().map(|layer| layer.batch_norm.as_mut());
    for (norm, batch) in norms.zip(statistics) {
        if let (Some(BatchNorm { mean, variance, .. }), Some(batch)) = (norm, batch) {
            let running = mean.iter_mut().chain(variance);
            let latest = batch.mean.iter().chain(&batch.variance);
            running
                .zip(latest)
                .for_each(|(running, latest)| *running += STATISTICS_SHARE * (latest - *running));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right, wrong, right without a label, and right where most of a mixture has a label.
    #[test]
    fn what_nobody_has_labelled_is_not_counted() {
        let logits = [2.0, 1.0, 2.0, 1.0, 1.0, 2.0, 1.0, 2.0];
        let targets = [1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.4, 0.6];
        assert_eq!(count(&logits, &targets, &[1.0, 1.0, 0.0, 0.6]), Labelled { clips: 3, right: 2 });
        assert_eq!(count(&logits, &targets, &[0.0; 4]), Labelled::default());
    }
}
