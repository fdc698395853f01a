use std::fmt;

use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use super::Example;
use super::adam::Adam;
use super::batches::{Batch, Purpose, generator, shuffled};
use super::schedule::cosine;
use super::temperature::mean_loss;
use super::{Teachers, average};
use crate::augment::Augmenter;
use crate::evaluate::largest;
use crate::network::{self, BatchNorm, Network, Weights, infer};
use crate::ops::{self, Statistics, Tape, Variable, cross_entropy};
use crate::preset::Recipe;

/// Epochs that bring nothing after which training stops.
const PATIENCE: usize = 6;
/// How much of a batch's statistics goes into the running ones.
const STATISTICS_SHARE: f32 = 0.1;

/// What one pass over the training clips came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// The learning rate at its end.
    pub learning_rate: f32,
    /// Mean cross-entropy on the disturbed training clips, in nats.
    pub train_loss: f64,
    /// The share of them that was right, 0 to 1.
    pub train_accuracy: f64,
    /// How it does on the validation clips, if there are any.
    pub validation: Option<Validation>,
}

/// The loss is not a finite number any more.
#[derive(Debug)]
pub(crate) struct Diverged {
    /// Counted from 1.
    epoch: usize,
    loss: f64,
}

impl std::error::Error for Diverged {}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { epoch, loss } = self;
        write!(
            f,
            "training diverged in epoch {epoch}: the loss became {loss}; lower the preset's learning rate. The \
             best model of the epochs before it is kept"
        )
    }
}

/// What an epoch's model came to on the validation clips.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Mean cross-entropy, in nats.
    pub loss: f64,
    /// The share of clips that was right, 0 to 1.
    pub accuracy: f64,
}

impl Epoch {
    /// More validation clips right, or as many with a lower loss. Without validation a later epoch is better.
    fn is_better_than(&self, earlier: &Self) -> bool {
        match (self.validation, earlier.validation) {
            (Some(this), Some(earlier)) => (this.accuracy, -this.loss) > (earlier.accuracy, -earlier.loss),
            _ => true,
        }
    }
}

/// Everything that a run needs to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Run {
    /// What gradients fit.
    weights: Weights,
    /// Their running average, which is what is evaluated and kept.
    average: Weights,
    adam: Adam,
    steps: usize,
    /// The epochs so far.
    pub(super) history: Vec<Epoch>,
    /// The average after the best epoch.
    pub(super) best: Weights,
    /// Its index in the history.
    pub(super) best_epoch: usize,
}

/// What stays the same during a run.
pub(super) struct Setup<'a> {
    pub(super) network: &'a Network,
    pub(super) recipe: Recipe,
    pub(super) seed: u64,
    /// Values in a row of logits.
    pub(super) classes: usize,
    /// What each class's logit gets in training.
    pub(super) log_prior: Vec<f32>,
    pub(super) train: &'a [Example],
    pub(super) augmenter: Augmenter<'a>,
    pub(super) teachers: &'a Teachers,
    pub(super) validation_inputs: &'a [Vec<f32>],
    pub(super) validation_classes: &'a [usize],
}

impl Setup<'_> {
    /// Batches in an epoch.
    pub(super) fn batches(&self) -> usize {
        self.train.len().div_ceil(self.recipe.batch)
    }
}

impl Run {
    pub(super) fn start(setup: &Setup<'_>) -> Self {
        let weights = Weights::initial(setup.network, &mut generator(setup.seed, Purpose::Start));
        Self {
            average: weights.clone(),
            adam: Adam::new(&weights),
            steps: 0,
            history: Vec::new(),
            best: weights.clone(),
            best_epoch: 0,
            weights,
        }
    }

    /// Whether all epochs are done, or the last ones brought nothing: neither a higher validation accuracy nor
    /// a lower loss. Accuracy alone would stop too early: it moves in steps of a clip, and while the learning
    /// rate is high it rests for a while as the loss still falls. Without validation all epochs are done.
    pub(super) fn is_over(&self, epochs: usize) -> bool {
        let done = self.history.len();
        let (before, latest) = self.history.split_at(done.saturating_sub(PATIENCE));
        let earlier = || before.iter().filter_map(|epoch| epoch.validation);
        let brings_nothing = |epoch: &Epoch| {
            epoch.validation.is_some_and(|this| {
                earlier().any(|earlier| earlier.accuracy >= this.accuracy)
                    && earlier().any(|earlier| earlier.loss <= this.loss)
            })
        };
        done >= epochs || (done > PATIENCE && latest.iter().all(brings_nothing))
    }

    /// One pass over the training clips and a look at the validation clips. Returns whether the model became
    /// better.
    ///
    /// # Errors
    /// The loss is not a finite number any more.
    pub(super) fn epoch(&mut self, setup: &Setup<'_>, bar: &ProgressBar) -> anyhow::Result<bool> {
        let epoch = self.history.len();
        let order = &mut generator(setup.seed, Purpose::Order { epoch });
        let mut sums = Sums::default();
        for (batch, clips) in shuffled(setup.train.len(), setup.recipe.batch, order).iter().enumerate() {
            self.step(setup, epoch, batch, clips, &mut sums)?;
            bar.set_message(format!(
                "epoch {}/{}: loss {:.3}, accuracy {:.1} %",
                epoch + 1,
                setup.recipe.epochs,
                sums.loss(),
                100.0 * sums.accuracy()
            ));
            bar.inc(1);
        }
        let latest = self.evaluate(setup, &sums)?;
        let better = self.history.get(self.best_epoch).is_none_or(|best| latest.is_better_than(best));
        if better {
            self.best = self.average.clone();
            self.best_epoch = epoch;
        }
        self.history.push(latest);
        Ok(better)
    }

    /// One step of the optimiser.
    fn step(
        &mut self,
        setup: &Setup<'_>,
        epoch: usize,
        batch: usize,
        clips: &[usize],
        sums: &mut Sums,
    ) -> anyhow::Result<()> {
        let Setup { network, recipe, seed, classes, .. } = setup;
        let mut rng = generator(*seed, Purpose::Batch { epoch, batch });
        let rng_of = |clip| generator(*seed, Purpose::Clip { epoch, clip });
        let Batch { inputs, targets } = Batch::assemble(setup, clips, rng_of, &mut rng);

        let mut tape = Tape::default();
        let pass = network::forward(network, &self.weights, inputs, &mut tape, &mut rng);
        let logits = ops::bias(&mut tape, &pass.logits, &Variable::new(setup.log_prior.clone()));
        sums.count_right(logits.values(), &targets, *classes);
        let (loss, mut gradients) = cross_entropy(tape, &logits, targets, *classes)?;
        self.ensure_finite(loss.into())?;
        sums.add_loss(loss, clips.len());

        let gradients: Result<Vec<_>, _> =
            pass.parameters.iter().map(|parameter| parameter.take_gradient(&mut gradients)).collect();
        let rate = recipe.learning_rate * cosine(self.progress(setup));
        self.adam.step(&mut self.weights, &gradients?, rate, recipe.weight_decay);
        update_statistics(&mut self.weights, &pass.statistics);
        average::update(&mut self.average, &self.weights, self.steps);
        self.steps += 1;
        Ok(())
    }

    fn evaluate(&self, setup: &Setup<'_>, sums: &Sums) -> anyhow::Result<Epoch> {
        Ok(Epoch {
            learning_rate: setup.recipe.learning_rate * cosine(self.progress(setup)),
            train_loss: sums.loss(),
            train_accuracy: sums.accuracy(),
            validation: self.validate(setup)?,
        })
    }

    fn validate(&self, setup: &Setup<'_>) -> anyhow::Result<Option<Validation>> {
        if setup.validation_inputs.is_empty() {
            return Ok(None);
        }
        let logits = infer::logits(setup.network, &self.average, setup.validation_inputs);
        let right =
            logits.iter().zip(setup.validation_classes).filter(|(logits, class)| largest(logits) == **class);
        let accuracy = right.count() as f64 / logits.len() as f64;
        let loss = mean_loss(&logits, setup.validation_classes, 1.0);
        self.ensure_finite(loss)?;
        Ok(Some(Validation { loss, accuracy }))
    }

    /// How much of the run's steps is done, 0 to 1.
    fn progress(&self, setup: &Setup<'_>) -> f32 {
        self.steps as f32 / (setup.recipe.epochs * setup.batches()) as f32
    }

    fn ensure_finite(&self, loss: f64) -> anyhow::Result<()> {
        let epoch = self.history.len() + 1;
        if loss.is_finite() { Ok(()) } else { Err(Diverged { epoch, loss }.into()) }
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

/// What an epoch came to so far.
#[derive(Default)]
struct Sums {
    clips: usize,
    loss: f64,
    right: usize,
}

impl Sums {
    /// Counts the rows whose largest logit is where the largest target is.
    fn count_right(&mut self, logits: &[f32], targets: &[f32], classes: usize) {
        let rows = logits.chunks_exact(classes).zip(targets.chunks_exact(classes));
        self.right += rows.filter(|(logits, targets)| largest(logits) == largest(targets)).count();
    }

    fn add_loss(&mut self, mean: f32, clips: usize) {
        self.loss += f64::from(mean) * clips as f64;
        self.clips += clips;
    }

    fn loss(&self) -> f64 {
        self.loss / self.clips.max(1) as f64
    }

    fn accuracy(&self) -> f64 {
        self.right as f64 / self.clips.max(1) as f64
    }
}
