use std::fmt;

use serde::{Deserialize, Serialize};

use super::judges::Validation;

/// What one pass over the training clips came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// The learning rate at its end.
    pub learning_rate: f32,
    /// Mean cross-entropy on the disturbed training clips, in nats.
    pub train_loss: f64,
    /// The share of those with a label that was right, 0 to 1.
    pub train_accuracy: f64,
    /// How it does on the validation clips, if there are any.
    pub validation: Option<Validation>,
}

/// The loss is not a finite number any more.
#[derive(Debug)]
pub(crate) struct Diverged {
    /// Counted from 1.
    pub(super) epoch: usize,
    pub(super) loss: f64,
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

impl Epoch {
    /// By the loss on validation clips, which is less a matter of chance than their accuracy. Without validation a
    /// later epoch is better.
    pub(super) fn is_better_than(&self, earlier: &Self) -> bool {
        match (self.validation, earlier.validation) {
            (Some(this), Some(earlier)) => this.loss < earlier.loss,
            _ => true,
        }
    }
}

/// What an epoch came to so far.
#[derive(Clone, Copy, Default)]
pub(super) struct EpochSums {
    clips: usize,
    loss: f64,
    labelled: usize,
    right: usize,
}

/// How many clips of a batch have a label, and how many of these were right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) clips: usize,
    pub(super) right: usize,
}

impl EpochSums {
    /// Counts a batch of so many clips with its mean loss.
    pub(super) fn add(&mut self, clips: usize, loss: f32, labelled: Labelled) {
        self.clips += clips;
        self.loss += f64::from(loss) * clips as f64;
        self.labelled += labelled.clips;
        self.right += labelled.right;
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self {
            clips: self.clips + other.clips,
            loss: self.loss + other.loss,
            labelled: self.labelled + other.labelled,
            right: self.right + other.right,
        }
    }

    pub(super) fn loss(&self) -> f64 {
        self.loss / self.clips.max(1) as f64
    }

    pub(super) fn accuracy(&self) -> f64 {
        self.right as f64 / self.labelled.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_of_all_clips_and_the_accuracy_of_those_with_a_label() {
        let mut sums = EpochSums::default();
        sums.add(6, 0.5, Labelled { clips: 2, right: 1 });
        sums.add(2, 1.5, Labelled { clips: 2, right: 2 });
        assert_eq!((sums.loss(), sums.accuracy()), (0.75, 0.75));
    }
}
