//! Sliding a window over a tensor.

use core::ops::Range;

use super::{Input, Output};
use crate::blob::{Tensor, Window};

/// Channels that are worked on together where each is summed by itself: enough to fill a vector register where there
/// are any.
pub(super) const LANES: usize = if cfg!(all(cortex_m, not(helium))) { 4 } else { 16 };

/// What lies under a window at one output position.
pub(super) struct Patch<'a> {
    data: &'a [i8],
    row_values: usize,
    channels: usize,
    rows: Span,
    columns: Span,
    zero_point: i8,
    is_whole: bool,
}

/// Calls `compute` for every output position, with what lies under its window and the values to fill.
pub(super) fn slide(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    mut compute: impl FnMut(&Patch<'_>, &mut [i8]),
) {
    let Output { tensor, data } = output;
    let output_channels = usize::from(tensor.channels).max(1);
    let output_row = usize::from(tensor.width).saturating_mul(output_channels).max(1);
    for (y, row) in (0..usize::from(tensor.height)).zip(data.chunks_exact_mut(output_row)) {
        for (x, values) in (0..usize::from(tensor.width)).zip(row.chunks_exact_mut(output_channels)) {
            compute(&Patch::at(input, window, y, x), values);
        }
    }
}

impl<'a> Patch<'a> {
    /// The patch under the window that gives the output at row `y` and column `x`.
    pub(super) fn at(input: Input<'a>, window: Window, y: usize, x: usize) -> Self {
        let Window { kernel, stride, padding } = window;
        let Tensor { height, width, zero_point, .. } = input.tensor;
        let channels = usize::from(input.tensor.channels).max(1);
        let row_values = usize::from(width).saturating_mul(channels);
        let rows = Span::new(y, kernel[0], stride[0], padding[0], height);
        let columns = Span::new(x, kernel[1], stride[1], padding[1], width);
        let is_whole = [rows.inside.len(), columns.inside.len()] == kernel.map(usize::from);
        Self { data: input.data, row_values, channels, rows, columns, zero_point, is_whole }
    }

    /// The values of each row, without padding: columns, channels innermost.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'a [i8]> + use<'a> {
        let first = self.columns.inside.start.saturating_mul(self.channels);
        let end = self.columns.inside.end.saturating_mul(self.channels);
        let rows = self.data.chunks_exact(self.row_values.max(1));
        let rows = rows.skip(self.rows.inside.start).take(self.rows.inside.len());
        rows.map(move |row| row.get(first..end).unwrap_or_default())
    }

    /// Positions without padding.
    pub(super) fn position_count(&self) -> usize {
        self.rows.inside.len().saturating_mul(self.columns.inside.len())
    }

    /// Values at each position, at least 1.
    pub(super) fn channels(&self) -> usize {
        self.channels.max(1)
    }

    /// Kernel rows above the input.
    pub(super) fn rows_above(&self) -> usize {
        self.rows.before
    }

    /// Kernel columns to the left of the input.
    pub(super) fn columns_left(&self) -> usize {
        self.columns.before
    }

    /// What a convolution subtracts from each value: the zero point in a window that padding cuts, so
    /// that padding counts 0; nothing in a whole one, whose zero point is folded into the bias.
    pub(super) fn offset(&self) -> i8 {
        if self.is_whole { 0 } else { self.zero_point }
    }
}

/// A slice without its first values.
pub(super) fn tail(values: &[i8], first: usize) -> &[i8] {
    values.get(first..).unwrap_or_default()
}

/// Where a window meets the input along one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::kernels) struct Span {
    /// Positions of the input under the window.
    pub(in crate::kernels) inside: Range<usize>,
    /// Positions of the window that lie before the input.
    pub(in crate::kernels) before: usize,
}

impl Span {
    pub(in crate::kernels) fn new(index: usize, kernel: u8, stride: u8, padding: u8, size: u16) -> Self {
        let (kernel, padding) = (usize::from(kernel), usize::from(padding));
        let padded_start = index.saturating_mul(stride.into());
        let start = padded_start.saturating_sub(padding);
        let end = padded_start.saturating_add(kernel).saturating_sub(padding).min(size.into());
        Self { inside: start..end.max(start), before: padding.saturating_sub(padded_start) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kernel 3, stride 2, padding 1 over 4 values: `[. 0 1] [1 2 3] [3 . .]`.
    #[test]
    fn a_window_slides_over_the_padding() {
        let span = |index| Span::new(index, 3, 2, 1, 4);
        assert_eq!(span(0), Span { inside: 0..2, before: 1 });
        assert_eq!(span(1), Span { inside: 1..4, before: 0 });
        assert_eq!(span(2), Span { inside: 3..4, before: 0 });
    }
}
