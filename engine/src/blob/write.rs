use core::fmt;
use std::vec::Vec;

use super::metadata::Texts;
use super::record::{Record, write_input, write_layer, write_placement};
use super::{Body, Filter, Header, Labels, Layer, Network, Tensor};
use crate::model::{Layout, plan};

/// Why a body can't be written as a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// A label is longer than 255 bytes.
    Label,
    /// A layer's weights, biases, multipliers or shifts do not have the length that its shape asks for.
    FilterLength {
        /// The layer's index.
        layer: usize,
    },
    /// A byte string, or everything together, is larger than 4 GiB.
    TooLarge,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label => f.write_str("a label is longer than 255 bytes"),
            Self::FilterLength { layer } => {
                write!(f, "the weights of layer {layer} do not have the length that its shape asks for")
            }
            Self::TooLarge => f.write_str("the model is larger than 4 GiB"),
        }
    }
}

impl core::error::Error for WriteError {}

impl Body<'_> {
    /// Plans the memory and writes the blob. What the body says is not judged, only whether it can be written.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, WriteError> {
        let labels = Labels::write(&self.labels).ok_or(WriteError::Label)?;
        let texts = Texts { name: self.name, labels: &labels };
        let mut behind = postcard::to_stdvec(&texts).map_err(|_| WriteError::TooLarge)?;
        if let Some(front_end) = &self.front_end {
            behind = postcard::to_extend(front_end, behind).map_err(|_| WriteError::TooLarge)?;
        }
        let metadata_bytes = u32::try_from(behind.len()).map_err(|_| WriteError::TooLarge)?;
        fill_word(&mut behind);
        let (mut records, filters) = self.records()?;
        let places = plan(&Network::new(&records, &filters));
        records.iter_mut().zip(places).for_each(|(record, place)| write_placement(record, place));
        let layout = Layout::of(self.front_end.as_ref(), &Network::new(&records, &filters));
        behind.extend_from_slice(records.as_flattened());
        behind.extend_from_slice(&filters);
        let header = Header {
            sample_rate: self.front_end.map_or(0, |front_end| front_end.sample_rate),
            arena_bytes: u32::try_from(layout.arena_bytes()).unwrap_or(u32::MAX),
            metadata_bytes,
            records: u16::try_from(records.len()).map_err(|_| WriteError::TooLarge)?,
        };
        Ok(header.seal(&behind))
    }

    /// Records without places, and the filters that they point to.
    pub(crate) fn records(&self) -> Result<(Vec<Record>, Vec<u8>), WriteError> {
        let mut records = std::vec![write_input(self.input)];
        let mut filters = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let start = u32::try_from(filters.len()).map_err(|_| WriteError::TooLarge)?;
            let filter = layer.op.filter();
            records.push(write_layer(layer, if filter.is_some() { start } else { 0 }));
            if let Some(filter) = filter {
                if !self.has_lengths(layer, filter) {
                    return Err(WriteError::FilterLength { layer: index });
                }
                write_filter(&mut filters, filter);
            }
        }
        Ok((records, filters))
    }

    fn has_lengths(&self, layer: &Layer<'_>, filter: &Filter<'_>) -> bool {
        let channels = usize::from(layer.output.channels);
        let input = self.tensor(layer.input.into());
        let weights = input.and_then(|input| layer.op.weights_per_channel(input).checked_mul(channels));
        weights == Some(filter.weights.len())
            && [filter.bias.len(), filter.multipliers.len()] == [4 * channels; 2]
            && filter.shifts.len() == channels
    }

    /// Tensor 0 is the input, tensor `i + 1` what layer `i` writes.
    #[must_use]
    pub fn tensor(&self, index: usize) -> Option<Tensor> {
        match index.checked_sub(1) {
            None => Some(self.input),
            Some(layer) => self.layers.get(layer).map(|layer| layer.output),
        }
    }
}

fn write_filter(bytes: &mut Vec<u8>, filter: &Filter<'_>) {
    bytes.extend_from_slice(filter.weights);
    fill_word(bytes);
    bytes.extend_from_slice(filter.bias);
    bytes.extend_from_slice(filter.multipliers);
    bytes.extend_from_slice(filter.shifts);
    fill_word(bytes);
}

/// Zeros up to the next whole word.
fn fill_word(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}
