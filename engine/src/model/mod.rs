//! A checked network: what [`Runnable::from_bytes`] accepts, inference can run, whatever the input is.

mod layout;
mod pace;
#[cfg(feature = "std")]
mod plan;
mod quantisation;
mod rows;
mod run;
mod runnable;
#[cfg(feature = "std")]
mod spread;
mod stream;
#[cfg(test)]
mod tests;
mod validate;

use crate::LoadError;
use crate::blob::{FrontEndParams, Labels, Network};
use crate::error::FrontEndError;

pub use layout::Layout;
pub(crate) use layout::Memory;
pub use pace::Pace;
#[cfg(feature = "std")]
pub(crate) use plan::plan;
pub use quantisation::Quantisation;
pub use run::Run;
pub use runnable::Runnable;
pub use stream::TensorRow;
pub(crate) use stream::{Fill, Stream};

/// A network with a front end before it, checked in every field. It borrows everything from the blob.
/// ```
/// use prosodia::{Model, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/loud.postcard");
/// let model = Model::from_bytes(MODEL)?;
/// assert_eq!(model.name(), "loud");
/// assert!(model.labels().iter().eq(["loud", "quiet"]));
/// assert_eq!((model.front_end().sample_rate, model.front_end().mel_bands, model.frames()), (16_000, 1, 3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    runnable: Runnable<'a>,
    front_end: FrontEndParams<'a>,
}

impl<'a> Model<'a> {
    /// Checks a blob. Takes time linear in the blob's length.
    ///
    /// # Errors
    /// Says which part of the blob is at fault; see [`LoadError`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let (runnable, front_end) = Runnable::with_front_end(bytes)?;
        let front_end = front_end.ok_or(LoadError::FrontEnd(FrontEndError::Missing))?;
        Ok(Self { runnable, front_end })
    }

    /// The network by itself.
    #[must_use]
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    pub const fn runnable(&self) -> &Runnable<'a> {
        &self.runnable
    }

    /// The model's name, for people.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.runnable.name()
    }

    /// What the outputs stand for, in the order of the scores.
    #[must_use]
    pub const fn labels(&self) -> Labels<'a> {
        self.runnable.labels()
    }

    /// From samples to the network's input.
    #[must_use]
    pub const fn front_end(&self) -> &FrontEndParams<'a> {
        &self.front_end
    }

    /// The layers.
    #[must_use]
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    pub const fn network(&self) -> &Network<'a> {
        self.runnable.network()
    }

    /// How the arena is shared out.
    #[must_use]
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    pub const fn layout(&self) -> Layout {
        self.runnable.layout()
    }

    /// When it answers.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.runnable.pace()
    }

    /// Frames in a window of features.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.front_end.frames()
    }
}

impl<'a> From<Model<'a>> for Runnable<'a> {
    fn from(model: Model<'a>) -> Self {
        model.runnable
    }
}
