//! Six patches side by side, in the order in which the convolution reads them.

use core::arch::naked_asm;

use super::products::{STEP_BYTES, STEP_VALUES, architecture, requantise, step, widen};
use crate::blob::Filter;
use crate::kernels::patch::Patch;

/// Output positions that are computed together: as many sums as leave registers for what they sum.
pub(super) const COLUMNS: usize = 6;

/// Words of a step: two of each column.
pub(super) const STEP: usize = 2 * COLUMNS;

/// The patches of [`COLUMNS`] output positions, widened.
///
/// A step is [`STEP_VALUES`] of each patch in turn as two words: with the DSP extension `a b c d` as `a c` and
/// `b d`, the pairs that `sxtb16` makes of four weights; else two values. What is left over at a patch's end
/// follows as words of their own.
pub(super) struct Columns<'s> {
    words: &'s mut [u32],
    /// A patch before it is widened: its length is the kernel's size.
    patch: &'s mut [i8],
}

impl<'s> Columns<'s> {
    /// Columns of patches of `kernel_size` values; None where the scratch memory is too short.
    pub(super) fn new(scratch: &'s mut [i8], kernel_size: usize) -> Option<Self> {
        let (patch, rest) = scratch.split_at_mut_checked(kernel_size)?;
        // A word for each value that no step takes in, and slack: the last column begins in a step's midst.
        let steps = (kernel_size / STEP_VALUES).saturating_add(1);
        let length = steps.saturating_mul(STEP).saturating_add(const { 3 * COLUMNS });
        let words = bytemuck::pod_align_to_mut(rest).1.get_mut(..length)?;
        Some(Self { words, patch })
    }

    /// Lays out a patch as column `index`, with padding filled in.
    pub(super) fn set(&mut self, index: usize, patch: &Patch<'_>, kernel_row: usize) {
        if patch.is_whole() && kernel_row.is_multiple_of(STEP_VALUES) {
            let mut column = self.words.get_mut(index.saturating_mul(2)..).unwrap_or_default();
            for row in patch.rows() {
                widen(row.as_chunks().0, column);
                column =
                    column.get_mut((kernel_row / STEP_VALUES).saturating_mul(STEP)..).unwrap_or_default();
            }
            return;
        }
        patch.copy_to(self.patch, kernel_row);
        let (steps, singles) = self.patch.as_chunks();
        widen(steps, self.words.get_mut(index.saturating_mul(2)..).unwrap_or_default());
        let column =
            self.words.get_mut(steps.len().saturating_mul(STEP).saturating_add(index)..).unwrap_or_default();
        for (&value, word) in singles.iter().zip(column.iter_mut().step_by(COLUMNS)) {
            *word = i32::from(value).cast_unsigned();
        }
    }

    /// Computes every output channel of the six positions.
    pub(super) fn convolve(&self, output: &mut [i8], zero_point: i8, filter: &Filter<'_>) {
        let job = Job::new(self, output, zero_point, filter);
        // SAFETY: `job` points into slices that outlive the call. The caller's `is_in_bounds` has seen that the
        // filter has a bias, a multiplier, a shift and as many weights for each channel as a patch has values;
        // the columns hold so many values; and `output` has all channels of six positions.
        unsafe { convolve(&job) };
    }
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
    fn new(columns: &Columns<'_>, output: &mut [i8], zero_point: i8, filter: &Filter<'_>) -> Self {
        let kernel_size = columns.patch.len();
        let steps = kernel_size / STEP_VALUES;
        let columns = columns.words.as_ptr();
        Self {
            columns,
            columns_end: columns.wrapping_add(steps.saturating_mul(STEP)),
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
