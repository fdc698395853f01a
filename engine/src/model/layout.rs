use core::ops::Range;

use super::rows::{MAX_TENSORS, last_readers};
use crate::blob::{FrontEndParams, Layer, Network, Op, Placement};
use crate::front_end::{Features, MelFrames};
use crate::kernels;

/// Everything in the arena starts at a multiple of this, so that kernels may read whole words.
pub(crate) const ALIGNMENT: usize = 8;

/// The parts of the one arena, in bytes, in the order in which they lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// Rows that tensors keep from one step to the next.
    pub state_bytes: usize,
    /// Frames that wait for what they are relative to, and what is remembered of a voice.
    pub feature_bytes: usize,
    /// What the front end and the network take turns in.
    pub workspace_bytes: usize,
}

/// An arena taken apart.
pub(crate) struct Memory<'a> {
    pub(crate) state: &'a mut [i8],
    pub(crate) features: &'a mut [i8],
    pub(crate) workspace: &'a mut [i8],
}

impl Layout {
    /// What a model with these places needs.
    pub(crate) fn of(front_end: Option<&FrontEndParams<'_>>, network: &Network<'_>) -> Self {
        // One more than needed, so that an arena may begin anywhere.
        let spectrum =
            |params| MelFrames::scratch_len(params).saturating_add(1).saturating_mul(size_of::<f32>());
        let (mut state, mut workspace) = (0, front_end.map_or(0, spectrum));
        for tensor in 0..=network.len() {
            state = state.max(state_range(network, tensor).end);
            workspace =
                workspace.max(live_range(network, tensor).end).max(scratch_range(network, tensor).end);
        }
        Self {
            state_bytes: aligned(state),
            feature_bytes: aligned(front_end.map_or(0, Features::memory_bytes)),
            workspace_bytes: aligned(workspace),
        }
    }

    /// Bytes of arena that the model needs.
    #[must_use]
    pub const fn arena_bytes(&self) -> usize {
        self.state_bytes.saturating_add(self.feature_bytes).saturating_add(self.workspace_bytes)
    }

    /// The parts of an arena; None of one that is too small.
    pub(crate) fn split<'a>(&self, arena: &'a mut [i8]) -> Option<Memory<'a>> {
        let (state, rest) = arena.split_at_mut_checked(self.state_bytes)?;
        let (features, rest) = rest.split_at_mut_checked(self.feature_bytes)?;
        Some(Memory { state, features, workspace: rest.get_mut(..self.workspace_bytes)? })
    }
}

/// Whether nothing lies over something else that is needed at the same time. Takes time quadratic in the number of
/// layers.
pub(super) fn is_sound(network: &Network<'_>) -> bool {
    let readers = last_readers(network);
    let last_reader = |tensor: usize| readers.get(tensor).map_or(tensor, |&reader| reader.into());
    (0..=network.len()).all(|tensor| {
        let [state, live, scratch] =
            [state_range, live_range, scratch_range].map(|range| range(network, tensor));
        are_apart(&live, &scratch)
            && (0..tensor).all(|earlier| {
                let is_needed = last_reader(earlier) >= tensor;
                let earlier_live = live_range(network, earlier);
                are_apart(&state, &state_range(network, earlier))
                    && (!is_needed || (are_apart(&live, &earlier_live) && are_apart(&scratch, &earlier_live)))
            })
    })
}

/// The rows that a tensor keeps, in the state memory.
// Not inlined: what is asked for in many places would take flash in each.
#[inline(never)]
pub(crate) fn state_range(network: &Network<'_>, tensor: usize) -> Range<usize> {
    let Placement { history, state, .. } = network.placement(tensor).unwrap_or_default();
    range(state, row_bytes(network, tensor).saturating_mul(history.into()))
}

/// Those rows and the new one, in the workspace.
#[inline(never)]
pub(crate) fn live_range(network: &Network<'_>, tensor: usize) -> Range<usize> {
    let Placement { history, workspace, .. } = network.placement(tensor).unwrap_or_default();
    range(workspace, row_bytes(network, tensor).saturating_mul(usize::from(history).saturating_add(1)))
}

/// The scratch memory of the layer that computes a tensor, in the workspace.
#[inline(never)]
pub(super) fn scratch_range(network: &Network<'_>, tensor: usize) -> Range<usize> {
    let layer = tensor.checked_sub(1).and_then(|index| network.layer(index));
    layer.map_or(0..0, |layer| layer_scratch_range(network, tensor, &layer))
}

/// That of a layer, which computes the tensor. Of one that needs none it is where it lies within nothing, whatever its
/// record says.
#[inline(never)]
pub(super) fn layer_scratch_range(network: &Network<'_>, tensor: usize, layer: &Layer<'_>) -> Range<usize> {
    match kernel_scratch_bytes(network, layer) {
        0 => 0..0,
        length => range(network.placement(tensor).unwrap_or_default().scratch, length),
    }
}

/// What a layer's kernel works with.
fn kernel_scratch_bytes(network: &Network<'_>, layer: &Layer<'_>) -> usize {
    let Op::Conv2d { window, .. } = &layer.op else { return 0 };
    let channels = network.tensor(layer.input.into()).map_or(0, |input| usize::from(input.channels));
    let [height, width] = window.kernel.map(usize::from);
    kernels::conv2d_scratch_bytes(height.saturating_mul(width).saturating_mul(channels))
}

pub(super) fn row_bytes(network: &Network<'_>, tensor: usize) -> usize {
    network.tensor(tensor).map_or(0, |tensor| tensor.row_len())
}

fn range(start: u32, length: usize) -> Range<usize> {
    let start = start as usize;
    start..start.saturating_add(length)
}

pub(super) const fn are_apart(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start >= a.end || b.start >= b.end || a.end <= b.start || b.end <= a.start
}

pub(super) const fn aligned(bytes: usize) -> usize {
    bytes.saturating_add(ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
}

// Tensors are counted in a byte.
const _: () = assert!(MAX_TENSORS <= u8::MAX as usize);
