//! Matrix product: four channels together, for which each value is widened once.

use core::arch::asm;

use super::requantise;
use crate::blob::Filter;
use crate::kernels::cortex_m::{clamp_all, target_cpu};
use crate::kernels::factor::{has_exceptional, has_lengths, is_exceptional};
use crate::kernels::instructions::{UNIT, unit_of_four_channels};
use crate::kernels::{Input, Output, plain};

/// Channels that are computed together.
const CHANNELS: usize = 4;

/// Matrix product with the flattened input: [`plain::dense`], faster.
pub fn dense(input: Input<'_>, output: Output<'_>, filter: &Filter<'_>) {
    let kernel_size = input.data.len();
    let channels = filter.shifts.len();
    if channels < CHANNELS || !has_lengths(input, &output, filter, kernel_size) {
        return plain::dense(input, output, filter);
    }
    let job = Job {
        values: input.data.as_ptr(),
        end_of_units: input.data.as_ptr().wrapping_add(kernel_size - kernel_size % UNIT),
        end: input.data.as_ptr().wrapping_add(kernel_size),
        kernel_size,
        bias: filter.bias.as_ptr(),
        multipliers: filter.multipliers.as_ptr(),
        shifts: filter.shifts.as_ptr(),
        output: output.data.as_mut_ptr(),
        rounding: 2 * i32::from(output.tensor.zero_point) + 1,
        left: channels / CHANNELS,
        weights: filter.weights.as_ptr(),
    };
    // SAFETY: `job` points into slices that outlive the call. `has_lengths` has seen that the filter has a bias, a
    // multiplier, a shift and `kernel_size` weights for each channel, and that the output has all channels.
    unsafe {
        groups_of_four_channels(&job);
        if !channels.is_multiple_of(CHANNELS) {
            groups_of_four_channels(&job.of_last_four(channels));
        }
    }
    clamp_all(output.data, filter.clamp);
    if has_exceptional(filter) {
        plain::dense_of(input, output, filter, is_exceptional);
    }
}

/// What the kernel reads, in the order in which it does.
#[repr(C)]
#[derive(Clone, Copy)]
struct Job {
    values: *const i8,
    /// Behind the last whole unit of values.
    end_of_units: *const i8,
    /// Behind the last value.
    end: *const i8,
    kernel_size: usize,
    bias: *const u8,
    multipliers: *const u8,
    shifts: *const u8,
    output: *mut i8,
    /// `2 * zero_point + 1`: the zero point and a half, in halves.
    rounding: i32,
    /// Groups of channels to compute.
    left: usize,
    weights: *const u8,
}

impl Job {
    /// The last four channels, some of which a group before may have had.
    fn of_last_four(self, channels: usize) -> Self {
        let first = channels.wrapping_sub(CHANNELS);
        Self {
            bias: self.bias.wrapping_add(first.wrapping_mul(4)),
            multipliers: self.multipliers.wrapping_add(first.wrapping_mul(4)),
            shifts: self.shifts.wrapping_add(first),
            output: self.output.wrapping_add(first),
            left: 1,
            weights: self.weights.wrapping_add(first.wrapping_mul(self.kernel_size)),
            ..self
        }
    }
}

/// One position of four channels: a value from r0, a weight each from r1, `r1 + r2`, `r1 + 2 r2` and r3, the channels'
/// sums in r8 to r11.
macro_rules! value_of_four_channels {
    () => {
        "
            ldrsb r7, [r0], #1
            ldrsb r6, [r1, r2]
            ldrsb r5, [r1, r2, lsl #1]
            ldrsb r4, [r3], #1
            mla r9, r7, r6, r9
            ldrsb r6, [r1], #1
            mla r10, r7, r5, r10
            mla r11, r7, r4, r11
            mla r8, r7, r6, r8
        "
    };
}
#[cfg(armv7m)]
pub(in crate::kernels) use value_of_four_channels;

/// A channel's factor in r0, r12 and r7: its multiplier is at r3, its shift at r4, the rounding in halves in r6.
macro_rules! factor_of_channel {
    () => {
        "
            ldr r0, [r3], #4
            ldrsb r7, [r4], #1
            lsl r0, r0, #1 // the doubled multiplier
            mvn r7, r7 // e - 1
            lsl r12, r6, r7 // half a step and the zero point
            add r7, #1
        "
    };
}

/// `left` groups of [`CHANNELS`] channels.
///
/// The sums are in r8 to r11, r12 is where a loop ends; the other registers are those of [`unit_of_four_channels!`].
///
/// # Safety
/// All pointers are valid for what the fields say: `kernel_size` values, for each channel of `left` groups a bias, a
/// multiplier (both of 4 bytes), a shift, `kernel_size` weights and a value of output, `left` being at least 1. Up to
/// the end of units there is a whole number of them.
#[inline(never)]
unsafe fn groups_of_four_channels(job: &Job) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldm r0, {{r0-r10}}",
            "push {{r0-r10}}",
            "mov r1, r10",
            "mov r2, r3",
            "2:", // for each group of channels
            "ldr r0, [sp, #16]",
            "ldr r8, [r0], #4",
            "ldr r9, [r0], #4",
            "ldr r10, [r0], #4",
            "ldr r11, [r0], #4",
            "str r0, [sp, #16]",
            "ldrd r0, r12, [sp]",
            "add r3, r1, r2, lsl #1",
            "add r3, r2",
            "cmp r0, r12",
            "beq 4f",
            "3:",
            unit_of_four_channels!(),
            "cmp r0, r12",
            "bne 3b",
            "4:",
            "ldr r12, [sp, #8]",
            "cmp r0, r12",
            "beq 6f",
            "5:", // for each value behind the units
            value_of_four_channels!(),
            "cmp r0, r12",
            "bne 5b",
            "6:",
            "mov r1, r3", // the next group's weights
            "add r0, sp, #20",
            "ldm r0, {{r3-r6}}", // multipliers, shifts, output, rounding
            factor_of_channel!(),
            requantise!("lr" = "r8", "r0", "r12", "r7"),
            "strb lr, [r5], #1",
            factor_of_channel!(),
            requantise!("lr" = "r9", "r0", "r12", "r7"),
            "strb lr, [r5], #1",
            factor_of_channel!(),
            requantise!("lr" = "r10", "r0", "r12", "r7"),
            "strb lr, [r5], #1",
            factor_of_channel!(),
            requantise!("lr" = "r11", "r0", "r12", "r7"),
            "strb lr, [r5], #1",
            "strd r3, r4, [sp, #20]",
            "str r5, [sp, #28]",
            "ldr r0, [sp, #36]",
            "subs r0, #1",
            "str r0, [sp, #36]",
            "bne.w 2b",
            "add sp, #44",
            "pop {{r4-r11}}",
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
