//! A checked network: what [`Model::from_bytes`] accepts, inference can run, whatever the audio is.

mod plan;
mod run;
mod schedule;
mod sizes;
mod stages;
#[cfg(test)]
mod tests;
mod validate;

use crate::blob::{Body, Layer, Tensor};
use crate::{Emotion, LoadError};

pub use plan::{Placement, Plan};
pub use run::Rows;

/// A model that has been checked in every field. It borrows its weights from the blob.
#[derive(Debug, Clone)]
pub struct Model<'a> {
    body: Body<'a>,
    plan: Plan,
}

impl<'a> Model<'a> {
    /// Checks a blob and plans its memory. Takes time linear in the blob's length.
    ///
    /// # Errors
    /// Says which part of the blob is at fault; see [`LoadError`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let mut model = Self::empty();
        model.read(bytes)?;
        Ok(model)
    }

    /// No model yet.
    #[inline]
    pub(crate) fn empty() -> Self {
        Self { body: Body::empty(), plan: Plan::empty() }
    }

    /// [`from_bytes`](Self::from_bytes) in place, so that no second model is on the stack. After an error this is none.
    pub(crate) fn read(&mut self, bytes: &'a [u8]) -> Result<(), LoadError> {
        self.body.read(bytes)?;
        validate::check(&self.body)?;
        self.plan.read(&self.body);
        Ok(())
    }

    /// The blob's contents.
    #[must_use]
    pub fn body(&self) -> &Body<'a> {
        &self.body
    }

    /// Where each tensor lies in the arena.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the outputs stand for, in the order of the scores.
    #[must_use]
    pub fn labels(&self) -> &[Emotion] {
        &self.body.labels
    }

    /// The network's layers; layer `i` writes tensor `i + 1`.
    #[must_use]
    pub fn layers(&self) -> &[Layer<'a>] {
        &self.body.layers
    }

    /// Tensor 0 is the input, tensor `i + 1` what layer `i` writes.
    #[must_use]
    pub fn tensor(&self, index: usize) -> Option<Tensor> {
        self.body.tensor(index)
    }

    /// Frames in a window of features.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.body.front_end.frames()
    }
}
