use core::arch::naked_asm;

use super::clamp_all;
use super::columns::{COLUMNS, Columns, STEP};
use super::products::{STEP_BYTES, STEP_VALUES, architecture, scale, step};
use super::requantise::requantise;
use crate::blob::{Filter, Window};
use crate::kernels::factor::is_in_bounds;
use crate::kernels::patch::Patch;
use crate::kernels::{Input, Output, plain};

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(input.tensor.channels.into());
    let kernel_size = kernel_row.saturating_mul(window.kernel[0].into());
    let positions = usize::from(output.tensor.height).saturating_mul(output.tensor.width.into());
    if positions < COLUMNS || !is_in_bounds(input, &output, filter, kernel_size) {
        return plain::conv2d(input, output, window, filter);
    }
    let mut columns = Columns::new();
    let channels = usize::from(output.tensor.channels);
    let width = usize::from(output.tensor.width);
    // The last block overlaps the one before where the positions are no multiple of its size.
    let last = positions - COLUMNS;
    for first in (0..last).step_by(COLUMNS).chain([last]) {
        let mut y = first.checked_div(width).unwrap_or(0);
        let mut x = first - y * width;
        for index in 0..COLUMNS {
            columns.set(index, &Patch::at(input, window, y, x), kernel_row, kernel_size);
            x += 1;
            if x == width {
                (x, y) = (0, y + 1);
            }
        }
        let start = first * channels;
        let Some(values) = output.data.get_mut(start..start + COLUMNS * channels) else { return };
        let job = Job::new(&columns, values, kernel_size, output.tensor.zero_point, filter);
        // SAFETY: `job` points into slices that outlive the call. `is_in_bounds` has seen that the filter
        // has a bias, a multiplier, a shift and `kernel_size` weights for each channel; the columns hold
        // `MAX_KERNEL_SIZE` values, which is no less; and there are `COLUMNS * channels` values to write.
        unsafe { convolve(&job) };
    }
    clamp_all(output.data, filter.clamp);
}

/// What [`convolve`] reads, in the order in which it does.
#[repr(C)]
struct Job {
    columns: *const u32,
    columns_end: *const u32,
    /// Steps of four values in the first, shorter round of the loop; replaced by where that begins.
    steps_before: usize,
    singles: usize,
    bias: *const u8,
    multipliers: *const u8,
    shifts: *const u8,
    output: *mut i8,
    channels: usize,
    channels_left: usize,
    /// `2 * zero_point + 1`: the zero point and a half, in halves.
    rounding: i32,
    weights: *const u8,
}

impl Job {
    fn new(
        columns: &Columns,
        output: &mut [i8],
        kernel_size: usize,
        zero_point: i8,
        filter: &Filter<'_>,
    ) -> Self {
        let steps = kernel_size / STEP_VALUES;
        let columns = columns.words().as_ptr();
        Self {
            columns,
            columns_end: columns.wrapping_add(steps * STEP),
            steps_before: steps % 8,
            singles: kernel_size % STEP_VALUES,
            bias: filter.bias.as_ptr(),
            multipliers: filter.multipliers.as_ptr(),
            shifts: filter.shifts.as_ptr(),
            output: output.as_mut_ptr(),
            channels: filter.shifts.len(),
            channels_left: filter.shifts.len(),
            rounding: 2 * i32::from(zero_point) + 1,
            weights: filter.weights.as_ptr(),
        }
    }
}

/// Every output channel of six positions.
///
/// The sums are in r8 to r12 and lr. The job is on the stack, since the loop over four input values at
/// a time leaves no register: r0 is the columns, r1 the weights, r2 and r3 four of the weights, r4 to r7
/// values from the columns. That loop is unrolled eight times and entered in the middle.
///
/// # Safety
/// All pointers are valid for what the fields say: `channels` biases, multipliers (both of 4 bytes) and
/// shifts, `channels * kernel_size` weights, `6 * channels` values of output.
#[unsafe(naked)]
unsafe extern "C" fn convolve(job: &Job) {
    naked_asm!(
        architecture!(),
        "push {{r4-r11, lr}}",
        "ldm r0, {{r1-r12}}",
        "mov r0, #{step_bytes}",
        "mul r3, r3, r0",
        "adr.w r0, 4f",
        "sub r3, r0, r3",
        "orr r3, #1",
        "push {{r1-r11}}",
        "mov r1, r12",
        "2:", // for each output channel
        "ldr r0, [sp, #16]",
        "ldr r8, [r0], #4",
        "str r0, [sp, #16]",
        "ldr r0, [sp]",
        "mov r9, r8",
        "mov r10, r8",
        "mov r11, r8",
        "mov r12, r8",
        "mov lr, r8",
        "ldr r2, [sp, #8]",
        "bx r2",
        "3:",
        ".rept 8",
        step!(),
        ".endr",
        "4:",
        "ldr r2, [sp, #4]",
        "cmp r0, r2",
        "blo.w 3b",
        "ldr r2, [sp, #12]",
        "cbz r2, 6f",
        "5:", // for each value of the remainder
        "ldrsb r3, [r1], #1",
        "ldm r0!, {{r4-r7}}",
        "mla r8, r4, r3, r8",
        "mla r9, r5, r3, r9",
        "mla r10, r6, r3, r10",
        "mla r11, r7, r3, r11",
        "ldm r0!, {{r4, r5}}",
        "mla r12, r4, r3, r12",
        "mla lr, r5, r3, lr",
        "subs r2, #1",
        "bne 5b",
        "6:",
        "add r0, sp, #20",
        "ldm r0, {{r2-r5}}",
        "ldr r6, [r2], #4",
        "ldrsb r7, [r3], #1",
        "add r0, r4, #1",
        "strd r2, r3, [sp, #20]",
        "str r0, [sp, #28]",
        "ldr r0, [sp, #40]",
        "lsl r6, r6, #1", // the doubled multiplier
        "mvn r7, r7",     // e - 1
        "lsl r3, r0, r7", // half a step and the zero point
        "add r7, #1",
        requantise!("r0", "r2", "r8", "r6", "r3", "r7"),
        "strb r0, [r4]",
        "add r2, r4, r5", // the second position's value
        requantise!("r0", "r8", "r9", "r6", "r3", "r7"),
        "strb r0, [r2]",
        requantise!("r0", "r8", "r10", "r6", "r3", "r7"),
        "strb r0, [r4, r5, lsl #1]",
        requantise!("r0", "r8", "r11", "r6", "r3", "r7"),
        "strb r0, [r2, r5, lsl #1]",
        requantise!("r0", "r8", "r12", "r6", "r3", "r7"),
        "strb r0, [r4, r5, lsl #2]",
        requantise!("r0", "r8", "lr", "r6", "r3", "r7"),
        "strb r0, [r2, r5, lsl #2]",
        "ldr r0, [sp, #36]",
        "subs r0, #1",
        "str r0, [sp, #36]",
        "bne.w 2b",
        "add sp, #44",
        "pop {{r4-r11, pc}}",
        step_bytes = const STEP_BYTES,
    )
}
