use super::layout::{self, Layout};
use super::pace::Pace;
use super::quantisation::Quantisation;
use super::{rows, validate};
use crate::LoadError;
use crate::blob::{self, FrontEndParams, Labels, Metadata, Network, Op, Rescale};
use crate::kernels::{self, Input, Output};

/// A network that has been checked in every field, wherever the rows of its input come from. It borrows everything from
/// the blob.
/// ```
/// use prosodia::{Runnable, include_model};
///
/// const NETWORK: &[u8] = include_model!("../../tests/data/weighted.postcard");
/// let network = Runnable::from_bytes(NETWORK)?;
/// assert_eq!((network.name(), network.row_len(), network.answer_len()), ("weighted", 1, 1));
/// assert_eq!(network.pace().window_rows, 3);
/// assert!(network.labels().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Runnable<'a> {
    name: &'a str,
    labels: Labels<'a>,
    network: Network<'a>,
    layout: Layout,
    pace: Pace,
}

impl<'a> Runnable<'a> {
    /// Checks a blob, with a front end or without. Takes time linear in the blob's length.
    ///
    /// # Errors
    /// Says which part of the blob is at fault; see [`LoadError`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, LoadError> {
        Self::with_front_end(bytes).map(|(runnable, _)| runnable)
    }

    /// The same, with the front end that is before the network, if there is one.
    pub(super) fn with_front_end(bytes: &'a [u8]) -> Result<(Self, Option<FrontEndParams<'a>>), LoadError> {
        let blob::Parts { header, metadata, records, filters } = blob::open(bytes)?;
        let Metadata { texts, front_end } = Metadata::read(metadata, header.sample_rate != 0)?;
        let labels = Labels::read(texts.labels).ok_or(LoadError::Labels)?;
        let network = Network::new(records, filters);
        let pace = validate::check(front_end.as_ref(), labels, &network)?;
        let layout = Layout::of(front_end.as_ref(), &network);
        let sample_rate = front_end.as_ref().map_or(0, |front_end| front_end.sample_rate);
        let is_announced =
            (header.arena_bytes as usize, header.sample_rate) == (layout.arena_bytes(), sample_rate);
        if is_announced {
            Ok((Self { name: texts.name, labels, network, layout, pace }, front_end))
        } else {
            Err(LoadError::Plan)
        }
    }

    /// The network's name, for people.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// What the outputs stand for, in the order of the answer's values; a network without a front end may have none.
    #[must_use]
    pub const fn labels(&self) -> Labels<'a> {
        self.labels
    }

    /// The layers.
    #[must_use]
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    pub const fn network(&self) -> &Network<'a> {
        &self.network
    }

    /// How the arena is shared out.
    #[must_use]
    #[cfg_attr(not(feature = "unstable"), doc(hidden))]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// When it answers.
    #[must_use]
    pub const fn pace(&self) -> Pace {
        self.pace
    }

    /// Values in a row of the input.
    #[must_use]
    pub fn row_len(&self) -> usize {
        self.network.tensor(0).map_or(0, |tensor| tensor.row_len())
    }

    /// Values in an answer.
    #[must_use]
    pub fn answer_len(&self) -> usize {
        self.network.tensor(self.network.len()).map_or(0, |tensor| tensor.row_len())
    }

    /// What the input's values stand for.
    #[must_use]
    pub fn input_quantisation(&self) -> Quantisation {
        self.quantisation(0)
    }

    /// What an answer's values stand for.
    #[must_use]
    pub fn output_quantisation(&self) -> Quantisation {
        self.quantisation(self.network.len())
    }

    fn quantisation(&self, tensor: usize) -> Quantisation {
        self.network.tensor(tensor).map_or(Quantisation::NONE, Quantisation::from)
    }

    /// The latest row of a tensor whose rows are kept.
    fn latest<'m>(&self, tensor: usize, state: &'m [i8]) -> &'m [i8] {
        let rows = state.get(layout::state_range(&self.network, tensor)).unwrap_or_default();
        let row = self.network.tensor(tensor).map_or(0, |tensor| tensor.row_len());
        rows.get(rows.len().saturating_sub(row)..).unwrap_or_default()
    }

    /// What the last layer reads for the latest answer: before a closing softmax the int8 logits.
    pub(crate) fn scores<'m>(&self, state: &'m [i8]) -> &'m [i8] {
        let last = self.network.len().checked_sub(1).and_then(|index| self.network.layer(index));
        self.latest(last.map_or(0, |layer| layer.input.into()), state)
    }

    /// The latest answer, which the last layer has written: of a closing softmax probabilities, `(q + 128) / 256`.
    pub(crate) fn answer<'m>(&self, state: &'m [i8]) -> &'m [i8] {
        self.latest(self.network.len(), state)
    }

    /// What brings a difference of int8 logits to nats in Q5.26, for a network that closes with a softmax.
    pub(crate) fn logit_factor(&self) -> Option<Rescale> {
        let last = self.network.len().checked_sub(1).and_then(|index| self.network.layer(index))?;
        if let Op::Softmax { rescale } = last.op { Some(rescale) } else { None }
    }

    /// The probabilities of other logits than the latest answer's, by a closing softmax.
    pub(crate) fn closing_softmax(&self, scores: &[i8], probabilities: &mut [i8]) {
        if let (Some(rescale), Some(tensor)) = (self.logit_factor(), self.network.tensor(self.network.len()))
        {
            let output = Output { tensor, data: probabilities };
            kernels::softmax(Input { tensor, data: scores }, output, rescale);
        }
    }

    /// What the last dense layers have read, branch by branch.
    pub(crate) fn embedding<'m>(&self, state: &'m [i8]) -> impl Iterator<Item = i8> + use<'a, 'm> {
        let runnable = *self;
        let tensors =
            (0..rows::MAX_TENSORS).zip(rows::embedding(&self.network)).filter(|&(_, is_part)| is_part);
        tensors.flat_map(move |(tensor, _)| runnable.latest(tensor, state)).copied()
    }
}
