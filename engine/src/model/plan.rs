use core::ops::Range;

use heapless::Vec;

use crate::blob::{Body, MAX_LAYERS};

/// Every tensor starts at a multiple of this, so that kernels may read whole words.
const ALIGNMENT: usize = 8;
/// Tensors of the largest network: its input and one per layer.
const MAX_TENSORS: usize = MAX_LAYERS + 1;

/// Where each tensor lies in the one arena.
///
/// Two tensors share bytes only if they are never needed at the same time. Placement is greedy by
/// size: the largest tensor first, each at the lowest offset that is free while it lives
/// (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
///
/// The arena starts with the window of features (an i16 for each band and frame), which outlives
/// every inference; tensors follow.
#[derive(Debug, Clone)]
pub struct Plan {
    window_bytes: usize,
    tensors: Vec<Placement, MAX_TENSORS>,
}

/// One tensor's bytes, and the layers between which they hold its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// Bytes of the arena.
    pub bytes: Range<usize>,
    /// The layer that writes it; the input is there before layer 0.
    pub first: usize,
    /// The last layer that reads it. Scores and probabilities live on to the end.
    pub last: usize,
}

impl Placement {
    fn lives_with(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

impl Plan {
    /// Plans a network's memory.
    #[must_use]
    pub(crate) fn new(body: &Body<'_>) -> Self {
        let values = usize::from(body.front_end.mel_bands).saturating_mul(body.front_end.frames());
        let window_bytes = values.saturating_mul(size_of::<i16>()).next_multiple_of(ALIGNMENT);
        let mut tensors = lifetimes(body);
        place_largest_first(&mut tensors, window_bytes);
        Self { window_bytes, tensors }
    }

    /// Bytes of arena that the model needs.
    #[must_use]
    pub fn arena_bytes(&self) -> usize {
        self.tensors.iter().map(|tensor| tensor.bytes.end).fold(self.window_bytes, usize::max)
    }

    /// Bytes at the start of the arena that hold the window of features.
    #[must_use]
    pub fn window_bytes(&self) -> usize {
        self.window_bytes
    }

    /// Each tensor's place; the input first, then the layers' outputs in order.
    #[must_use]
    pub fn tensors(&self) -> &[Placement] {
        &self.tensors
    }

    /// The bytes of one tensor; nothing for a tensor that does not exist.
    #[must_use]
    pub fn bytes(&self, tensor: usize) -> Range<usize> {
        self.tensors.get(tensor).map_or(0..0, |placement| placement.bytes.clone())
    }
}

/// How long each tensor lives, with its size as a range that is not placed yet.
fn lifetimes(body: &Body<'_>) -> Vec<Placement, MAX_TENSORS> {
    let outputs = body.layers.iter().enumerate().map(|(index, layer)| (layer.output, index));
    let mut tensors: Vec<Placement, MAX_TENSORS> = core::iter::once((body.input, 0))
        .chain(outputs)
        .map(|(tensor, first)| Placement { bytes: 0..tensor.len(), first, last: first })
        .collect();
    for (index, layer) in body.layers.iter().enumerate() {
        for input in layer.inputs() {
            if let Some(tensor) = tensors.get_mut(usize::from(input)) {
                tensor.last = index;
            }
        }
    }
    tensors
}

fn place_largest_first(tensors: &mut [Placement], start: usize) {
    let mut placed: Vec<Placement, MAX_TENSORS> = Vec::new();
    for _ in 0..tensors.len() {
        let waiting = tensors.iter_mut().filter(|tensor| tensor.bytes.start == 0);
        let Some(largest) = waiting.max_by_key(|tensor| tensor.bytes.end) else { return };
        let offset = lowest_gap(&placed, largest, start);
        largest.bytes = offset..offset.saturating_add(largest.bytes.end);
        // `placed` has room for as many as `tensors` can be, so this never fails.
        let _ = placed.push(largest.clone());
        placed.sort_unstable_by_key(|tensor| tensor.bytes.start);
    }
}

/// The lowest offset at which `tensor` overlaps nothing that lives with it; `placed` is in order of offset.
fn lowest_gap(placed: &[Placement], tensor: &Placement, start: usize) -> usize {
    let mut offset = start;
    for other in placed.iter().filter(|other| other.lives_with(tensor)) {
        if offset.saturating_add(tensor.bytes.end) <= other.bytes.start {
            return offset;
        }
        offset = offset.max(other.bytes.end.saturating_add(ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    }
    offset
}
