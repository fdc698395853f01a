//! What each tensor of a network takes, and how long it is needed.

use heapless::Vec;

use super::schedule::MAX_TENSORS;
use crate::blob::{Body, Op};
use crate::kernels;

/// Every tensor starts at a multiple of this, so that kernels may read whole words.
const ALIGNMENT: usize = 8;

pub(super) struct Sizes {
    tensors: Vec<Size, MAX_TENSORS>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Size {
    row: usize,
    whole: usize,
    /// Working memory of the layer that computes it.
    kernel: usize,
    /// What was computed before it, and is read for it or later.
    waiting: usize,
    /// The last tensor that is computed from it; itself if none is.
    last_reader: usize,
}

impl Sizes {
    pub(super) fn of(body: &Body<'_>) -> Self {
        let mut sizes = Self { tensors: Vec::new() };
        for index in 0..=body.layers.len() {
            let tensor = body.tensor(index).unwrap_or(body.input);
            let waiting = sizes.tensors.iter().filter(|size| size.last_reader >= index);
            // There is room for the tensors of as many layers as a body can have.
            let _ = sizes.tensors.push(Size {
                row: tensor.row_len(),
                whole: aligned(tensor.len()),
                kernel: kernel_scratch(body, index),
                waiting: waiting.map(|size| size.whole).fold(0, usize::saturating_add),
                last_reader: last_reader(body, index),
            });
        }
        sizes
    }

    /// Bytes of a tensor.
    pub(super) fn whole(&self, tensor: usize) -> usize {
        self.get(tensor).whole
    }

    /// Bytes of so many of a tensor's rows.
    pub(super) fn band(&self, tensor: usize, rows: usize) -> usize {
        self.get(tensor).row.saturating_mul(rows)
    }

    /// Bytes that the layer that computes a tensor works with, besides its input and output.
    pub(super) fn kernel(&self, tensor: usize) -> usize {
        self.get(tensor).kernel
    }

    /// Bytes of the tensors before this one that are read for it or later.
    pub(super) fn waiting(&self, tensor: usize) -> usize {
        self.get(tensor).waiting
    }

    /// Bytes that are needed while a tensor is computed whole from whole ones.
    pub(super) fn alone(&self, tensor: usize) -> usize {
        let Size { whole, kernel, waiting, .. } = self.get(tensor);
        whole.saturating_add(kernel).saturating_add(waiting)
    }

    /// The last tensor that is computed from this one; itself if none is.
    pub(super) fn last_reader(&self, tensor: usize) -> usize {
        self.get(tensor).last_reader
    }

    /// The first tensor from which on nothing but `last` is read after `last`.
    pub(super) fn first_together(&self, last: usize) -> usize {
        let is_read_later = |&tensor: &usize| self.last_reader(tensor) > last;
        (0..last).rev().find(is_read_later).map_or(0, |tensor| tensor.saturating_add(1))
    }

    fn get(&self, tensor: usize) -> Size {
        self.tensors.get(tensor).copied().unwrap_or_default()
    }
}

fn last_reader(body: &Body<'_>, tensor: usize) -> usize {
    let mut reader = tensor;
    for (output, layer) in (1..).zip(&body.layers) {
        if layer.inputs().any(|input| usize::from(input) == tensor) {
            reader = output;
        }
    }
    reader
}

fn kernel_scratch(body: &Body<'_>, tensor: usize) -> usize {
    let Some(layer) = tensor.checked_sub(1).and_then(|index| body.layers.get(index)) else { return 0 };
    let Op::Conv2d { window, .. } = &layer.op else { return 0 };
    let channels = body.tensor(layer.input.into()).map_or(0, |input| usize::from(input.channels));
    let [height, width] = window.kernel.map(usize::from);
    aligned(kernels::conv2d_scratch_bytes(height.saturating_mul(width).saturating_mul(channels)))
}

pub(super) fn aligned(bytes: usize) -> usize {
    bytes.saturating_add(ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
}
