//! A checked network: what [`Model::from_bytes`] accepts, inference can run, whatever the audio is.

mod layout;
#[cfg(feature = "std")]
mod plan;
mod rows;
mod run;
#[cfg(feature = "std")]
mod spread;
mod stream;
#[cfg(test)]
mod tests;
mod validate;

use crate::LoadError;
use crate::blob::{self, FrontEndParams, Labels, Metadata, Network};

pub use layout::Layout;
pub(crate) use layout::Memory;
#[cfg(feature = "std")]
pub(crate) use plan::plan;
pub use run::Run;
pub(crate) use stream::Stream;
pub use stream::TensorRow;

/// A model that has been checked in every field. It borrows everything from the blob.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    name: &'a str,
    labels: Labels<'a>,
    front_end: FrontEndParams<'a>,
    network: Network<'a>,
    layout: Layout,
    pace: Pace,
}

/// When a model answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    /// Rows of its input that a recording needs to have for an answer: those of a window.
    pub window_rows: u32,
    /// Rows after which there is the first answer of a stream that goes on. It is more than those of a window if layers
    /// pad behind their input: in a stream they wait for what comes there.
    pub first_answer: u32,
    /// Rows from one answer to the next.
    pub rows_an_answer: u32,
}

impl<'a> Model<'a> {
    /// Checks a blob. Takes time linear in the blob's length.
    ///
    /// # Errors
    /// Says which part of the blob is at fault; see [`LoadError`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError> {
        let blob::Parts { header, metadata, records, filters } = blob::open(bytes)?;
        let Metadata { name, labels, front_end } = Metadata::read(metadata)?;
        let labels = Labels::read(labels).ok_or(LoadError::Labels)?;
        let network = Network::new(records, filters);
        let pace = validate::check(&front_end, labels, &network)?;
        let layout = Layout::of(&front_end, &network);
        let is_announced = (header.arena_bytes as usize, header.sample_rate)
            == (layout.arena_bytes(), front_end.sample_rate);
        if is_announced {
            Ok(Self { name, labels, front_end, network, layout, pace })
        } else {
            Err(LoadError::Plan)
        }
    }

    /// The model's name, for people.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// What the outputs stand for, in the order of the scores.
    #[must_use]
    pub const fn labels(&self) -> Labels<'a> {
        self.labels
    }

    /// From samples to the network's input.
    #[must_use]
    pub const fn front_end(&self) -> &FrontEndParams<'a> {
        &self.front_end
    }

    /// The layers.
    #[must_use]
    pub const fn network(&self) -> &Network<'a> {
        &self.network
    }

    /// How the arena is shared out.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// When it answers.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// Frames in a window of features.
    #[must_use]
    pub fn frames(&self) -> usize {
        self.front_end.frames()
    }

    /// The latest row of a tensor whose rows are kept.
    fn latest<'m>(&self, tensor: usize, state: &'m [i8]) -> &'m [i8] {
        let rows = state.get(layout::state_range(&self.network, tensor)).unwrap_or_default();
        let row = self.network.tensor(tensor).map_or(0, |tensor| tensor.row_len());
        rows.get(rows.len().saturating_sub(row)..).unwrap_or_default()
    }

    /// The int8 logits of the latest answer: what the closing softmax reads, a value for each label.
    pub(crate) fn scores<'m>(&self, state: &'m [i8]) -> &'m [i8] {
        let last = self.network.len().checked_sub(1).and_then(|index| self.network.layer(index));
        self.latest(last.map_or(0, |layer| layer.input.into()), state)
    }

    /// Its probabilities, as int8: `(q + 128) / 256`, a value for each label.
    pub(crate) fn probabilities<'m>(&self, state: &'m [i8]) -> &'m [i8] {
        self.latest(self.network.len(), state)
    }

    /// What the last dense layers have read, branch by branch.
    pub(crate) fn embedding<'m>(&self, state: &'m [i8]) -> impl Iterator<Item = i8> + use<'a, 'm> {
        let model = *self;
        let tensors =
            (0..rows::MAX_TENSORS).zip(rows::embedding(&self.network)).filter(|&(_, is_part)| is_part);
        tensors.flat_map(move |(tensor, _)| model.latest(tensor, state)).copied()
    }
}
