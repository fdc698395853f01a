use super::clamp_all;
use super::columns::{COLUMNS, Columns};
use crate::blob::{Filter, Window};
use crate::kernels::factor::is_in_bounds;
use crate::kernels::patch::Patch;
use crate::kernels::{Input, Output, plain};

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// Without [`conv2d_scratch_bytes`](crate::kernels::conv2d_scratch_bytes) of `scratch` memory it may be as slow.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(input.tensor.channels.into());
    let kernel_size = kernel_row.saturating_mul(window.kernel[0].into());
    let positions = usize::from(output.tensor.height).saturating_mul(output.tensor.width.into());
    let is_supported = is_in_bounds(input, &output, filter, kernel_size);
    // The last block overlaps the one before where the positions are no multiple of its size.
    let last = positions.checked_sub(COLUMNS).filter(|_| is_supported);
    let (Some(last), Some(mut columns)) = (last, Columns::new(scratch, kernel_size)) else {
        return plain::conv2d(input, output, window, filter);
    };
    let channels = usize::from(output.tensor.channels);
    let width = usize::from(output.tensor.width).max(1);
    for first in (0..last).step_by(COLUMNS).chain([last]) {
        for index in 0..COLUMNS {
            let position = first.saturating_add(index);
            let patch = Patch::at(input, window, position / width, position % width);
            columns.set(index, &patch, kernel_row);
        }
        let (start, length) = (first.saturating_mul(channels), channels.saturating_mul(COLUMNS));
        let Some(values) = output.data.get_mut(start..start.saturating_add(length)) else { return };
        columns.convolve(values, output.tensor.zero_point, filter);
    }
    clamp_all(output.data, filter.clamp);
}
