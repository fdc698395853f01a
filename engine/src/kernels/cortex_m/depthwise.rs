//! Depthwise convolution: which positions are computed alike, and with which bias. The products are those of an
//! instruction set's `convolve`.

use super::clamp_all;
use super::runs::{Axis, MAX_KERNEL, Run, Runs, list_runs};
use crate::blob::{Channel, Filter, Tensor, Window};
use crate::kernels::backend::{Factors, LANES, Tap, arrange, arrange_bias, convolve, tap_weights, widen_tap};
use crate::kernels::factor::{Factor, has_exceptional, has_lengths, is_exceptional};
#[cfg(armv7em)]
use crate::kernels::instructions::threes;
use crate::kernels::{Input, Output, plain};

const MAX_TAPS: usize = MAX_KERNEL as usize * MAX_KERNEL as usize;

/// 2-D convolution of each channel by itself: [`plain::depthwise_conv2d`], faster.
pub fn depthwise_conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let taps = usize::from(window.kernel[0]).saturating_mul(window.kernel[1].into());
    let channels = usize::from(output.tensor.channels);
    let is_supported = input.tensor.channels == output.tensor.channels
        && window.kernel.into_iter().all(|size| size <= MAX_KERNEL)
        && has_lengths(input, &output, filter, taps);
    let (mut rows, mut columns) = (Runs::new(), Runs::new());
    let is_supported = is_supported
        && list_runs(&mut rows, window, Axis::Rows, input.tensor.height, output.tensor.height)
        && list_runs(&mut columns, window, Axis::Columns, input.tensor.width, output.tensor.width);
    // The last group overlaps the one before where the channels are no multiple of its size.
    let Some(last) = channels.checked_sub(LANES).filter(|_| is_supported) else {
        return plain::depthwise_conv2d(input, output, window, filter);
    };
    let mut output = output;
    let groups = (0..last).step_by(LANES).chain([last]);
    convolve_groups(input, &mut output, window, filter, [&rows, &columns], groups);
    clamp_all(output.data, filter.clamp);
    if has_exceptional(filter) {
        plain::depthwise_conv2d_of(input, output, window, filter, is_exceptional);
    }
}

/// Computes the groups of channels that begin with these.
fn convolve_groups(
    input: Input<'_>,
    output: &mut Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    [rows, columns]: [&[Run]; 2],
    groups: impl Iterator<Item = usize> + Clone,
) {
    #[cfg(armv7em)]
    if threes::is_for(window, columns, output.tensor.width.into()) {
        return threes::convolve_groups(input, output, window, filter, rows, &groups);
    }
    convolve_any(input, output, window, filter, [rows, columns], groups);
}

/// [`convolve_groups`] with kernels of any size.
#[inline(never)]
fn convolve_any(
    input: Input<'_>,
    output: &mut Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    [rows, columns]: [&[Run]; 2],
    groups: impl Iterator<Item = usize>,
) {
    let mut group = Group::new();
    for first in groups {
        group.fill(filter, first, output.tensor.zero_point);
        for rows in rows {
            for columns in columns {
                group.set_bias(window, rows, columns, input.tensor.zero_point);
                group.convolve_alike(input, output, window, rows, columns, first);
            }
        }
    }
}

/// What the positions of [`LANES`] channels have in common.
#[repr(C)]
pub(in crate::kernels) struct Group {
    bias: [i32; LANES],
    factors: Factors,
    weights: [Tap; MAX_TAPS],
    /// The bias where no padding cuts the window.
    whole_bias: [i32; LANES],
}

impl Group {
    /// Of no channels.
    fn new() -> Self {
        Self {
            bias: [0; LANES],
            factors: Factors::default(),
            weights: [Tap::default(); MAX_TAPS],
            whole_bias: [0; LANES],
        }
    }

    /// Takes over the channels from `first` on.
    fn fill(&mut self, filter: &Filter<'_>, first: usize, zero_point: i8) {
        let mut factors = [Factor::default(); LANES];
        let parameters = self.whole_bias.iter_mut().zip(&mut factors);
        for ((bias, factor), Channel { bias: b, rescale }) in parameters.zip(filter.channels().skip(first)) {
            *bias = b;
            *factor = Factor::new(rescale, zero_point);
        }
        self.factors = arrange(factors);
        let taps = filter.weights.chunks_exact(filter.shifts.len().max(1));
        for (wide, tap) in self.weights.iter_mut().zip(taps) {
            let Some(&narrow) = tap.get(first..).and_then(<[u8]>::first_chunk) else { break };
            *wide = widen_tap(narrow);
        }
    }

    /// Computes the positions of a rectangle whose windows padding cuts alike.
    fn convolve_alike(
        &self,
        input: Input<'_>,
        output: &mut Output<'_>,
        window: Window,
        rows: &Run,
        columns: &Run,
        first: usize,
    ) {
        // Nothing wraps: what is counted here are places in slices.
        let channels = usize::from(input.tensor.channels);
        let row = |tensor: Tensor| channels.wrapping_mul(tensor.width.into());
        let place = |tensor: Tensor, y: usize, x: usize| {
            y.wrapping_mul(row(tensor)).wrapping_add(x.wrapping_mul(channels)).wrapping_add(first)
        };
        let [top, left] = [&rows.first, &columns.first].map(|span| span.inside.start);
        let (width, kernel_width) = (columns.first.inside.len(), usize::from(window.kernel[1]));
        let first_tap = rows.first.before.wrapping_mul(kernel_width).wrapping_add(columns.first.before);
        let job = Job {
            input: input.data.as_ptr().wrapping_add(place(input.tensor, top, left)),
            weights: self.weights.as_ptr().wrapping_add(first_tap),
            rows: rows.first.inside.len(),
            weights_gap: kernel_width.wrapping_sub(width).wrapping_mul(size_of::<Tap>()),
            input_step: 0,
            channels,
            columns: width,
            output: output.data.as_mut_ptr().wrapping_add(place(output.tensor, rows.start, columns.start)),
            positions: 0,
            group: self,
            output_step: 0,
            row_jump: row(input.tensor).wrapping_sub(width.wrapping_mul(channels)),
        };
        let [stride_down, stride_right] = window.stride.map(usize::from);
        let down = (rows.count, stride_down.wrapping_mul(row(input.tensor)), row(output.tensor));
        let right = (columns.count, stride_right.wrapping_mul(channels), channels);
        // The longer side is the inner loop.
        let [outer, inner] = if rows.count > columns.count { [right, down] } else { [down, right] };
        for line in 0..outer.0 {
            let job = Job {
                input: job.input.wrapping_add(outer.1.wrapping_mul(line)),
                output: job.output.wrapping_add(outer.2.wrapping_mul(line)),
                positions: inner.0,
                input_step: inner.1,
                output_step: inner.2,
                ..job
            };
            // SAFETY: `list_runs` gives positions of the output and the part of their windows that lies inside
            // the input, at least one row; `has_lengths` has seen that the slices have the tensors' lengths.
            // Each line begins at its first position and stays in its run. `first` and those after it are
            // `LANES` channels. The weights are those from the first tap inside; with the gaps, each row of
            // them is as wide as the kernel.
            unsafe { convolve(&job) };
        }
    }

    /// Padding reads as the zero point.
    fn set_bias(&mut self, window: Window, rows: &Run, columns: &Run, zero_point: i8) {
        let [height, width] = window.kernel.map(usize::from);
        let is_inside = |Run { first, .. }: &Run, tap: usize| {
            tap.checked_sub(first.before).is_some_and(|index| index < first.inside.len())
        };
        let mut biases = self.whole_bias;
        let is_whole = rows.first.inside.len() == height && columns.first.inside.len() == width;
        let rows_of_taps = self.weights.chunks_exact(width.max(1)).take(if is_whole { 0 } else { height });
        for (y, row) in rows_of_taps.enumerate() {
            for (x, &tap) in row.iter().enumerate() {
                if !(is_inside(rows, y) && is_inside(columns, x)) {
                    for (bias, weight) in biases.iter_mut().zip(tap_weights(tap)) {
                        *bias = bias.wrapping_add(weight.wrapping_mul(zero_point.into()));
                    }
                }
            }
        }
        self.bias = arrange_bias(biases);
    }
}

/// What `convolve` reads, in the order in which it does: [`LANES`] channels of a run of positions.
///
/// For each position and each tap inside the input, the `LANES` bytes that the steps lead to are readable,
/// and for each position those of the output writable. `group` is valid and `weights` points into it, with
/// all taps of `rows` rows, `columns` taps and the gap after each.
#[repr(C)]
pub(in crate::kernels) struct Job {
    pub(in crate::kernels) input: *const i8,
    pub(in crate::kernels) weights: *const Tap,
    /// Rows of the kernel inside the input.
    pub(in crate::kernels) rows: usize,
    /// Bytes of weights that padding cuts from each row.
    pub(in crate::kernels) weights_gap: usize,
    pub(in crate::kernels) input_step: usize,
    pub(in crate::kernels) channels: usize,
    /// Columns of the kernel inside the input.
    pub(in crate::kernels) columns: usize,
    pub(in crate::kernels) output: *mut i8,
    pub(in crate::kernels) positions: usize,
    pub(in crate::kernels) group: *const Group,
    pub(in crate::kernels) output_step: usize,
    /// From the end of a row under the kernel to the beginning of the next.
    pub(in crate::kernels) row_jump: usize,
}
