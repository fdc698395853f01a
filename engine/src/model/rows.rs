//! How rows of one tensor follow from rows of another: time is the row axis, and a row is computed as soon as the rows
//! that it is computed from are there.

use heapless::Vec;

use crate::blob::{Layer, MAX_LAYERS, Network, Op, Tensor};

/// Tensors of the largest network: its input and one per layer.
pub(crate) const MAX_TENSORS: usize = MAX_LAYERS + 1;

/// The most rows of a network's input before a tensor's first one, and from each to the next. So many steps may stand
/// between two answers, and behind a recording's end; and no timing overflows.
const MAX_WAIT: u32 = 1 << 16;

/// Which rows of an input a row of the output is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowKernel {
    /// Rows that are read.
    pub(crate) size: u16,
    /// Rows from the first that is read for one row of the output to the first for the next.
    pub(crate) stride: u16,
    /// Rows of padding before a recording.
    pub(crate) above: u16,
    /// Rows of padding behind it.
    pub(crate) below: u16,
}

impl RowKernel {
    /// That of a layer, for an input that it reads.
    pub(crate) fn of(layer: &Layer<'_>, input: Tensor) -> Self {
        match &layer.op {
            Op::Conv2d { window, .. }
            | Op::DepthwiseConv2d { window, .. }
            | Op::MaxPool { window, .. }
            | Op::AveragePool { window, .. } => {
                let [size, stride, above] =
                    [window.kernel, window.stride, window.padding].map(|[down, _]| u16::from(down));
                let last = u32::from(layer.output.height).saturating_sub(1).saturating_mul(stride.into());
                let end = last.saturating_add(size.into());
                let below = end.saturating_sub(u32::from(input.height).saturating_add(above.into()));
                Self { size, stride, above, below: below as u16 }
            }
            Op::Add { .. } | Op::Softmax { .. } => Self { size: 1, stride: 1, above: 0, below: 0 },
            Op::Dense { .. } | Op::GlobalAveragePool { .. } => {
                Self { size: input.height, stride: 1, above: 0, below: 0 }
            }
        }
    }
}

/// When a tensor's rows are there, counted in rows of the network's input: row `r` as soon as row
/// `first + r * stride` of the input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    pub(crate) first: u32,
    pub(crate) stride: u32,
}

/// The timing of every tensor. None where a layer adds tensors whose rows do not keep pace, reads one that is not
/// there, or waits too long.
pub(crate) fn timings(network: &Network<'_>) -> Option<Vec<Timing, MAX_TENSORS>> {
    let mut timings = Vec::new();
    timings.push(Timing { first: 0, stride: 1 }).ok()?;
    for layer in network.layers() {
        let mut inputs = layer.inputs().map(|input| {
            let timing = *timings.get(usize::from(input))?;
            Some((timing, RowKernel::of(&layer, network.tensor(input.into())?)))
        });
        let (input, kernel) = inputs.next()??;
        let mut latest = input.first;
        for other in inputs {
            let (other, _) = other?;
            if other.stride != input.stride {
                return None;
            }
            latest = latest.max(other.first);
        }
        let read = u32::from(kernel.size).saturating_sub(1).saturating_sub(kernel.above.into());
        let waited = read.saturating_add(layer.lag.into());
        let timing = Timing {
            first: latest.saturating_add(waited.saturating_mul(input.stride)),
            stride: input.stride.saturating_mul(kernel.stride.into()),
        };
        if timing.first.max(timing.stride) > MAX_WAIT {
            return None;
        }
        timings.push(timing).ok()?;
    }
    Some(timings)
}

/// For every tensor the rows that have to be kept from one step to the next: those that the next row of another tensor
/// is computed from, and the latest row of what a model answers with.
pub(crate) fn histories(network: &Network<'_>, timings: &[Timing]) -> Vec<u16, MAX_TENSORS> {
    let answers = answers(network);
    let mut histories = up_to_capacity(answers.iter().map(|&is_answer| u16::from(is_answer)));
    histories.truncate(timings.len());
    for (layer, output) in network.layers().zip(timings.iter().skip(1)) {
        for input in layer.inputs().map(usize::from) {
            let (Some(tensor), Some(timing)) = (network.tensor(input), timings.get(input)) else { continue };
            let kernel = RowKernel::of(&layer, tensor);
            let waited = match layer.op {
                // An addition's earlier input waits for the later one.
                Op::Add { .. } => output.first.saturating_sub(timing.first).div_ceil(timing.stride.max(1)),
                _ => layer.lag.into(),
            };
            let needed = waited.saturating_add(u32::from(kernel.size).saturating_sub(1));
            if let Some(history) = histories.get_mut(input) {
                *history = (*history).max(u16::try_from(needed).unwrap_or(u16::MAX));
            }
        }
    }
    histories
}

/// Which tensors a model answers with: probabilities, logits, and what the last dense layers read, the embedding.
pub(super) fn answers(network: &Network<'_>) -> [bool; MAX_TENSORS] {
    let mut answers = embedding(network);
    let last = network.len();
    let logits =
        last.checked_sub(1).and_then(|index| network.layer(index)).map(|layer| usize::from(layer.input));
    for tensor in [Some(last), logits].into_iter().flatten() {
        if let Some(answer) = answers.get_mut(tensor) {
            *answer = true;
        }
    }
    answers
}

/// Which tensors make up the embedding: the inputs of dense layers between which and the closing softmax there are
/// additions alone.
pub(super) fn embedding(network: &Network<'_>) -> [bool; MAX_TENSORS] {
    let mut embedding = [false; MAX_TENSORS];
    let mut leads_to_logits = [false; MAX_TENSORS];
    for index in (0..network.len()).rev() {
        let Some(layer) = network.layer(index) else { continue };
        let output = index.saturating_add(1);
        let is_on_the_way = output == network.len() || leads_to_logits.get(output) == Some(&true);
        let marks = match layer.op {
            Op::Softmax { .. } | Op::Add { .. } => &mut leads_to_logits,
            Op::Dense { .. } => &mut embedding,
            _ => continue,
        };
        for input in layer.inputs().filter(|_| is_on_the_way) {
            if let Some(mark) = marks.get_mut(usize::from(input)) {
                *mark = true;
            }
        }
    }
    embedding
}

/// The last layer's output that is computed from each tensor; the tensor itself if none is.
pub(crate) fn last_readers(network: &Network<'_>) -> Vec<u8, MAX_TENSORS> {
    let mut readers = up_to_capacity((0..=network.len()).map(|tensor| tensor as u8));
    for (output, layer) in (1..u8::MAX).zip(network.layers()) {
        for input in layer.inputs() {
            if let Some(reader) = readers.get_mut(usize::from(input)) {
                *reader = output;
            }
        }
    }
    readers
}

/// A value for each tensor; `collect` would panic at more.
fn up_to_capacity<T>(values: impl Iterator<Item = T>) -> Vec<T, MAX_TENSORS> {
    let mut list = Vec::new();
    for value in values {
        if list.push(value).is_err() {
            break;
        }
    }
    list
}
