//! Depthwise convolution with kernels that are three wide, the usual ones: three positions of two channels together, so
//! that a value is loaded and widened once for all the positions under whose kernel it lies.

use core::arch::asm;

use crate::kernels::cortex_m::{DepthwiseGroup, DepthwiseJob, target_cpu};
use crate::kernels::factor::Factor;
use crate::kernels::scalar::requantise;

/// Positions that are computed together.
const POSITIONS: usize = 3;

/// Four channels of a run of positions side by side, `stride` columns apart. Returns how many positions are done: none
/// where the kernel is not three wide, padding cuts its columns, or the stride is neither 1 nor 2; all but one, or all.
///
/// # Safety
/// As [`DepthwiseJob`] says.
pub(in crate::kernels) unsafe fn convolve_threes(job: &DepthwiseJob, stride: usize) -> usize {
    if job.columns != 3 || job.weights_gap != 0 || job.positions < POSITIONS || !(1..=2).contains(&stride) {
        return 0;
    }
    let convolve = if stride == 1 { at_stride_1 } else { at_stride_2 };
    // Those that a row's code adds to r0.
    let columns = 2 * stride;
    let threes = Job {
        input: job.input,
        weights: job.weights.cast(),
        rows: job.rows,
        // That of the job leads on from behind the third column.
        row_jump: job.row_jump.wrapping_add(job.channels.wrapping_mul(3usize.wrapping_sub(columns))),
        output: job.output,
        group: job.group,
        left: job.positions / POSITIONS,
        input_step: job.input_step.wrapping_mul(POSITIONS),
        output_step: job.output_step.wrapping_mul(POSITIONS),
        channels: job.channels,
    };
    let done = threes.left.wrapping_mul(POSITIONS);
    // SAFETY: the caller's; tiles are made of the job's positions. The last one overlaps the one before where two are left.
    unsafe {
        convolve(&threes);
        if job.positions.wrapping_sub(done) < 2 {
            return done;
        }
        let first = job.positions.wrapping_sub(POSITIONS);
        convolve(&Job {
            input: job.input.wrapping_add(job.input_step.wrapping_mul(first)),
            output: job.output.wrapping_add(job.output_step.wrapping_mul(first)),
            left: 1,
            ..threes
        });
    }
    job.positions
}

/// What a kernel reads, in the order in which it does: that of a [`DepthwiseJob`], with tiles for positions.
#[repr(C)]
#[derive(Clone, Copy)]
struct Job {
    input: *const i8,
    weights: *const u32,
    rows: usize,
    /// From where a row's code leaves r0 to the beginning of the next row.
    row_jump: usize,
    output: *mut i8,
    group: *const DepthwiseGroup,
    left: usize,
    input_step: usize,
    output_step: usize,
    channels: usize,
}

/// Two channels of the word at a place, as int16 halves in r2.
macro_rules! value {
    ($place:literal, $rotation:literal) => {
        concat!("ldr r2, ", $place, "\nsxtb16 r2, r2", $rotation, "\n")
    };
}

/// Adds a value's products with a tap's weights to the sums of a position's two channels.
macro_rules! products {
    (0, $weights:literal) => {
        products!("r7", "r8", $weights)
    };
    (1, $weights:literal) => {
        products!("r9", "r10", $weights)
    };
    (2, $weights:literal) => {
        products!("r11", "r12", $weights)
    };
    ($first:literal, $second:literal, $weights:literal) => {
        concat!(
            "smlabb ", $first, ", r2, ", $weights, ", ", $first, "\n", "smlatt ", $second, ", r2, ",
            $weights, ", ", $second, "\n",
        )
    };
}

/// A row of the kernels of three positions, one column apart: the input is at r0 and r6 leads to the next column, r3 to r5
/// are the taps' weights.
macro_rules! row_at_stride_1 {
    ($rotation:literal) => {
        concat!(
            value!("[r0]", $rotation),
            products!(0, "r3"),
            value!("[r0, r6]", $rotation),
            products!(0, "r4"),
            products!(1, "r3"),
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            products!(0, "r5"),
            products!(1, "r4"),
            products!(2, "r3"),
            value!("[r0, r6]", $rotation),
            products!(1, "r5"),
            products!(2, "r4"),
            value!("[r0, r6, lsl #1]", $rotation),
            products!(2, "r5"),
        )
    };
}

/// The same, two columns apart.
macro_rules! row_at_stride_2 {
    ($rotation:literal) => {
        concat!(
            value!("[r0]", $rotation),
            products!(0, "r3"),
            value!("[r0, r6]", $rotation),
            products!(0, "r4"),
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            products!(0, "r5"),
            products!(1, "r3"),
            value!("[r0, r6]", $rotation),
            products!(1, "r4"),
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            products!(1, "r5"),
            products!(2, "r3"),
            value!("[r0, r6]", $rotation),
            products!(2, "r4"),
            value!("[r0, r6, lsl #1]", $rotation),
            products!(2, "r5"),
        )
    };
}

/// The sums of two channels that are two apart: what rotates their values into place, where their biases lie, and what leads to
/// their weights. Then r0 is the group and r1 the output.
macro_rules! sums_of_two_channels {
    ($row:ident, $rotation:literal, $bias:literal, $second_bias:literal, $to_weights:literal) => {
        concat!(
            "ldr r0, [sp, #20]\n",
            "ldr r7, ",
            $bias,
            "\n",
            "ldr r8, ",
            $second_bias,
            "\n",
            "mov r9, r7\n",
            "mov r10, r8\n",
            "mov r11, r7\n",
            "mov r12, r8\n",
            "ldm sp, {{r0, r1, lr}}\n",
            $to_weights,
            "\n",
            "3:\n",
            "ldr r3, [r1], #8\n",
            "ldr r4, [r1], #8\n",
            "ldr r5, [r1], #8\n",
            $row!($rotation),
            "ldr r2, [sp, #12]\n",
            "add r0, r2\n",
            "subs lr, #1\n",
            "bne 3b\n",
            "ldr r0, [sp, #20]\n",
            "ldr r1, [sp, #16]\n",
        )
    };
}

/// Defines the kernel of a stride.
///
/// The sums of two channels are in r7 and r8, r9 and r10, r11 and r12 for the three positions; r0 is the input, r1 the
/// weights, r6 the number of channels and lr the rows left. The other two channels follow.
macro_rules! kernel {
    ($name:ident, $row:ident) => {
        /// # Safety
        /// As [`DepthwiseJob`] says, with `left` tiles of [`POSITIONS`] positions, at least one.
        #[inline(never)]
        unsafe fn $name(job: &Job) {
            // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
            unsafe {
                asm!(
                    target_cpu!(),
                    "push {{r4-r11}}",
                    "ldm r0, {{r0-r9}}",
                    "push {{r0-r9}}",
                    "mov r6, r9",
                    "2:", // for each tile: the first and the third channel, then the second and the fourth
                    sums_of_two_channels!($row, "", "[r0]", "[r0, #8]", ""),
                    "add r0, #{factors}",
                    "ldm r0, {{r3-r5}}",
                    requantise!("r2" = "r7", "r3", "r4", "r5"),
                    "strb r2, [r1]",
                    requantise!("r2" = "r9", "r3", "r4", "r5"),
                    "strb r2, [r1, r6]",
                    requantise!("r2" = "r11", "r3", "r4", "r5"),
                    "strb r2, [r1, r6, lsl #1]",
                    "add r0, #2 * {factor}",
                    "add r1, #2",
                    "ldm r0, {{r3-r5}}",
                    requantise!("r2" = "r8", "r3", "r4", "r5"),
                    "strb r2, [r1]",
                    requantise!("r2" = "r10", "r3", "r4", "r5"),
                    "strb r2, [r1, r6]",
                    requantise!("r2" = "r12", "r3", "r4", "r5"),
                    "strb r2, [r1, r6, lsl #1]",
                    sums_of_two_channels!($row, ", ror #8", "[r0, #4]", "[r0, #12]", "add r1, #4"),
                    "add r0, #{factors} + {factor}",
                    "add r1, #1",
                    "ldm r0, {{r3-r5}}",
                    requantise!("r2" = "r7", "r3", "r4", "r5"),
                    "strb r2, [r1]",
                    requantise!("r2" = "r9", "r3", "r4", "r5"),
                    "strb r2, [r1, r6]",
                    requantise!("r2" = "r11", "r3", "r4", "r5"),
                    "strb r2, [r1, r6, lsl #1]",
                    "add r0, #2 * {factor}",
                    "add r1, #2",
                    "ldm r0, {{r3-r5}}",
                    requantise!("r2" = "r8", "r3", "r4", "r5"),
                    "strb r2, [r1]",
                    requantise!("r2" = "r10", "r3", "r4", "r5"),
                    "strb r2, [r1, r6]",
                    requantise!("r2" = "r12", "r3", "r4", "r5"),
                    "strb r2, [r1, r6, lsl #1]",
                    "ldrd r2, r3, [sp, #28]",
                    "ldr r0, [sp]",
                    "ldr r1, [sp, #16]",
                    "add r0, r2",
                    "add r1, r3",
                    "str r0, [sp]",
                    "str r1, [sp, #16]",
                    "ldr r0, [sp, #24]",
                    "subs r0, #1",
                    "str r0, [sp, #24]",
                    "bne.w 2b",
                    "add sp, #40",
                    "pop {{r4-r11}}",
                    factors = const size_of::<[i32; 4]>(),
                    factor = const size_of::<Factor>(),
                    inout("r0") job => _,
                    out("r1") _,
                    out("r2") _,
                    out("r3") _,
                    out("r12") _,
                    out("lr") _,
                );
            }
        }
    };
}

kernel!(at_stride_1, row_at_stride_1);
kernel!(at_stride_2, row_at_stride_2);
