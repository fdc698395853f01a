use core::arch::naked_asm;

use super::clamp_all;
use super::products::{
    Factors, LANES, TAP_BYTES, Tap, architecture, arrange, arrange_bias, enter, finish, leave, start, tap,
    tap_weights, widen_tap,
};
use super::runs::{Axis, Run, runs};
use crate::blob::{Channel, Filter, Tensor, Window};
use crate::kernels::factor::{Factor, is_in_bounds};
use crate::kernels::{Input, Output, plain};

/// The widest kernel, and the highest.
const MAX_KERNEL: u8 = 8;
const MAX_TAPS: usize = MAX_KERNEL as usize * MAX_KERNEL as usize;

/// 2-D convolution of each channel by itself: [`plain::depthwise_conv2d`], faster.
pub fn depthwise_conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let taps = usize::from(window.kernel[0]).saturating_mul(window.kernel[1].into());
    let channels = usize::from(output.tensor.channels);
    let is_supported = input.tensor.channels == output.tensor.channels
        && window.kernel.into_iter().all(|size| size <= MAX_KERNEL)
        && has_input_everywhere(input.tensor, output.tensor, window)
        && is_in_bounds(input, &output, filter, taps);
    // The last group overlaps the one before where the channels are no multiple of its size.
    let Some(last) = channels.checked_sub(LANES).filter(|_| is_supported) else {
        return plain::depthwise_conv2d(input, output, window, filter);
    };
    let mut output = output;
    let tensor = output.tensor;
    for first in (0..last).step_by(LANES).chain([last]) {
        let mut group = Group::new(filter, first, tensor.zero_point);
        for rows in runs(window, Axis::Rows, input.tensor.height, tensor.height) {
            for columns in runs(window, Axis::Columns, input.tensor.width, tensor.width) {
                group.set_bias(window, &rows, &columns, input.tensor.zero_point);
                group.convolve_alike(input, &mut output, window, &rows, &columns, first);
            }
        }
    }
    clamp_all(output.data, filter.clamp);
}

/// Whether every window touches the input.
fn has_input_everywhere(input: Tensor, output: Tensor, window: Window) -> bool {
    [(Axis::Rows, input.height, output.height), (Axis::Columns, input.width, output.width)].into_iter().all(
        |(axis, inputs, outputs)| runs(window, axis, inputs, outputs).all(|run| !run.first.inside.is_empty()),
    )
}

/// What the positions of [`LANES`] channels have in common.
#[repr(C)]
struct Group {
    bias: [i32; LANES],
    factors: Factors,
    weights: [Tap; MAX_TAPS],
    /// The bias where no padding cuts the window.
    whole_bias: [i32; LANES],
}

impl Group {
    fn new(filter: &Filter<'_>, first: usize, zero_point: i8) -> Self {
        let mut whole_bias = [0; LANES];
        let mut factors = [Factor::default(); LANES];
        let mut weights = [Tap::default(); MAX_TAPS];
        let parameters = whole_bias.iter_mut().zip(&mut factors);
        for ((bias, factor), Channel { bias: b, rescale }) in parameters.zip(filter.channels().skip(first)) {
            *bias = b;
            *factor = Factor::new(rescale, zero_point);
        }
        let taps = filter.weights.chunks_exact(filter.shifts.len().max(1));
        for (wide, tap) in weights.iter_mut().zip(taps) {
            let Some(&narrow) = tap.get(first..).and_then(<[u8]>::first_chunk) else { break };
            *wide = widen_tap(narrow);
        }
        Self { bias: whole_bias, factors: arrange(factors), weights, whole_bias }
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
            // SAFETY: `runs` gives positions of the output and the part of their windows that lies inside
            // the input, at least one row; `is_in_bounds` has seen that the slices have the tensors' lengths.
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

/// What [`convolve`] reads, in the order in which it does.
#[repr(C)]
struct Job {
    input: *const i8,
    weights: *const Tap,
    /// Rows of the window inside the input.
    rows: usize,
    /// Bytes of weights that padding cuts from each row.
    weights_gap: usize,
    input_step: usize,
    channels: usize,
    /// Columns of the window inside the input.
    columns: usize,
    output: *mut i8,
    positions: usize,
    group: *const Group,
    output_step: usize,
    /// From the end of a row under the window to the beginning of the next.
    row_jump: usize,
}

/// [`LANES`] channels of a run of positions.
///
/// The sums are in r8 to r11, or in vectors; r0 is the input, r1 the weights, r2 to r5 the values and weights
/// of a tap, r6 the number of channels, r12 the jump to the next row and lr the rows left. A row is unrolled for
/// [`MAX_KERNEL`] taps and entered at r7, so that it has as many as lie inside the input.
///
/// # Safety
/// For each position and each tap inside the input, the `LANES` bytes that the steps lead to are readable,
/// and for each position those of the output writable. `group` is valid and `weights` points into it, with
/// all taps of a window of `rows` rows, `columns` taps and the gap after each.
#[unsafe(naked)]
unsafe extern "C" fn convolve(job: &Job) {
    naked_asm!(
        architecture!(),
        enter!(),
        "ldm r0, {{r1-r12}}",
        "mov r0, #{tap_bytes}",
        "mul r7, r7, r0",
        "adr.w r0, 4f",
        "sub r7, r0, r7",
        "orr r7, #1",
        "push {{r1-r5, r8-r11}}",
        "2:", // for each position
        "ldr r0, [sp, #28]",
        start!(),
        "ldm sp, {{r0, r1, lr}}",
        "ldr r2, [sp, #16]",
        "add r2, r0",
        "str r2, [sp]",
        "bx r7",
        ".rept 8",
        tap!(),
        ".endr",
        "4:", // the end of a row
        "ldr r2, [sp, #12]",
        "add r0, r12",
        "add r1, r2",
        "subs lr, #1",
        "it ne",
        "bxne r7",
        "ldr r0, [sp, #28]",
        "add r0, #{factors}",
        "ldr r1, [sp, #20]",
        finish!(),
        "ldr r2, [sp, #32]",
        "add r1, r2",
        "str r1, [sp, #20]",
        "ldr r0, [sp, #24]",
        "subs r0, #1",
        "str r0, [sp, #24]",
        "bne.w 2b",
        "add sp, #36",
        leave!(),
        factors = const size_of::<[i32; LANES]>(),
        tap_bytes = const TAP_BYTES,
    )
}
