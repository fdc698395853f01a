//! Where the patches of a convolution lie in its input: what im2col copies.

use crate::blob::{Tensor, Window};
use crate::kernels::Input;

/// The input of a convolution, as patches.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Im2col<'a> {
    values: &'a [i8],
    rows: Axis,
    columns: Axis,
    channels: usize,
    /// Values in a row of the input.
    input_row: usize,
    /// Output positions in a row.
    output_width: usize,
    /// What padding reads as.
    pub(in crate::kernels) zero_point: i8,
}

/// The part of a patch that lies inside the input.
pub(in crate::kernels) struct Patch<'a> {
    /// From its first value to its last: [`rows`](Self::rows) of [`len`](Self::len) values,
    /// [`pitch`](Self::pitch) apart. Nothing where padding is all that there is.
    pub(in crate::kernels) values: &'a [i8],
    pub(in crate::kernels) rows: usize,
    pub(in crate::kernels) len: usize,
    pub(in crate::kernels) pitch: usize,
    /// Where in the patch the part begins.
    pub(in crate::kernels) start: usize,
    /// Whether the part is the whole patch.
    pub(in crate::kernels) is_whole: bool,
}

#[cfg(any(armv7em, helium))]
impl Patch<'_> {
    /// Where the part lies in the whole patch, from its first value to its last. None where padding is all that
    /// there is.
    pub(in crate::kernels) fn place<'w>(
        &self,
        whole: &'w mut [i8],
        kernel_row: usize,
    ) -> Option<&'w mut [i8]> {
        let extent = self.rows.wrapping_sub(1).wrapping_mul(kernel_row).wrapping_add(self.len);
        let place = whole.get_mut(self.start..self.start.wrapping_add(extent));
        place.filter(|_| self.rows > 0)
    }
}

impl<'a> Im2col<'a> {
    pub(in crate::kernels) fn new(input: Input<'a>, output: Tensor, window: Window) -> Self {
        let Window { kernel, stride, padding } = window;
        let Tensor { height, width, channels, zero_point, .. } = input.tensor;
        let axis = |index: usize, size: u16| {
            let [kernel, stride, padding] = [kernel, stride, padding].map(|pair| i32::from(pair[index]));
            Axis { size: size.into(), kernel, stride, padding }
        };
        Self {
            values: input.data,
            rows: axis(0, height),
            columns: axis(1, width),
            channels: channels.into(),
            input_row: usize::from(width).wrapping_mul(channels.into()),
            output_width: output.width.into(),
            zero_point,
        }
    }

    /// Values in a row of a patch.
    pub(in crate::kernels) fn kernel_row(&self) -> usize {
        (self.columns.kernel as usize).wrapping_mul(self.channels)
    }

    /// Values in a patch: weights of an output channel. (At most 255 * 255 * 65535, which 32 bits hold.)
    pub(in crate::kernels) fn kernel_size(&self) -> usize {
        (self.rows.kernel as usize).wrapping_mul(self.kernel_row())
    }

    /// The patches of `count` output positions from `first` on, where they lie in one row and no padding cuts them.
    #[cfg(cortex_m)]
    pub(in crate::kernels) fn whole_patches(&self, first: usize, count: usize) -> Option<WholePatches<'a>> {
        let width = self.output_width.max(1);
        let (y, x) = (first / width, first % width);
        let end = x.wrapping_add(count);
        let (row, column) = (self.rows.whole(y as i32)?, self.columns.whole(x as i32)?);
        if end > width || self.columns.whole(end.wrapping_sub(1) as i32).is_none() {
            return None;
        }
        let start = row.wrapping_mul(self.input_row).wrapping_add(column.wrapping_mul(self.channels));
        let (rows, len) = (self.rows.kernel as usize, self.kernel_row());
        Some(WholePatches {
            values: self.values.get(start..)?,
            step: (self.columns.stride as usize).wrapping_mul(self.channels),
            #[cfg(any(armv7em, helium))]
            extent: rows.wrapping_sub(1).wrapping_mul(self.input_row).wrapping_add(len),
            rows,
            len,
            pitch: self.input_row,
        })
    }

    /// The patch at an output position.
    #[inline(never)]
    pub(in crate::kernels) fn patch(&self, position: usize) -> Patch<'a> {
        let width = self.output_width.max(1);
        let (y, x) = (position / width, position % width);
        let (rows, columns) = (self.rows.span(y as i32), self.columns.span(x as i32));
        let len = columns.count.wrapping_mul(self.channels);
        let start = rows.first.wrapping_mul(self.input_row);
        let start = start.wrapping_add(columns.first.wrapping_mul(self.channels));
        let extent = rows.count.wrapping_sub(1).wrapping_mul(self.input_row).wrapping_add(len);
        let is_empty = rows.count == 0 || len == 0;
        let values = if is_empty { None } else { self.values.get(start..start.wrapping_add(extent)) };
        Patch {
            values: values.unwrap_or_default(),
            rows: if values.is_some() { rows.count } else { 0 },
            len,
            pitch: self.input_row,
            start: rows
                .before
                .wrapping_mul(self.kernel_row())
                .wrapping_add(columns.before.wrapping_mul(self.channels)),
            is_whole: rows.is_whole && columns.is_whole,
        }
    }
}

/// Patches of successive positions, without padding.
#[cfg(cortex_m)]
#[derive(Clone, Copy)]
pub(in crate::kernels) struct WholePatches<'a> {
    /// The input from the first one's first value on.
    pub(in crate::kernels) values: &'a [i8],
    /// Values from one patch to the next.
    pub(in crate::kernels) step: usize,
    /// From a patch's first value to its last.
    #[cfg(any(armv7em, helium))]
    extent: usize,
    pub(in crate::kernels) rows: usize,
    /// Values in a row of a patch.
    pub(in crate::kernels) len: usize,
    /// Values in a row of the input.
    pub(in crate::kernels) pitch: usize,
}

#[cfg(any(armv7em, helium))]
impl<'a> WholePatches<'a> {
    pub(in crate::kernels) fn patch(&self, index: usize) -> Patch<'a> {
        let start = index.wrapping_mul(self.step);
        let values = self.values.get(start..start.wrapping_add(self.extent));
        Patch {
            values: values.unwrap_or_default(),
            rows: if values.is_some() { self.rows } else { 0 },
            len: self.len,
            pitch: self.pitch,
            start: 0,
            is_whole: true,
        }
    }
}

/// Rows or columns.
#[derive(Clone, Copy)]
struct Axis {
    size: i32,
    kernel: i32,
    stride: i32,
    padding: i32,
}

/// Where a kernel meets the input along an axis.
struct Span {
    /// The first row or column of the input under the kernel.
    first: usize,
    /// How many of them are.
    count: usize,
    /// Those of the kernel that lie before the input.
    before: usize,
    /// Whether the whole kernel lies inside the input.
    is_whole: bool,
}

impl Axis {
    /// The first row or column under the kernel at an index, if all of the kernel lies inside the input.
    #[cfg(cortex_m)]
    fn whole(&self, index: i32) -> Option<usize> {
        let start = index.wrapping_mul(self.stride).wrapping_sub(self.padding);
        let is_whole = start >= 0 && start.wrapping_add(self.kernel) <= self.size;
        is_whole.then_some(start as usize)
    }

    fn span(&self, index: i32) -> Span {
        let start = index.wrapping_mul(self.stride).wrapping_sub(self.padding);
        let end = start.wrapping_add(self.kernel);
        let (first, last) = (start.max(0), end.min(self.size));
        let count = last.wrapping_sub(first).max(0);
        let before = first.wrapping_sub(start).min(self.kernel);
        Span {
            first: first as usize,
            count: count as usize,
            before: before as usize,
            is_whole: count == self.kernel,
        }
    }
}
