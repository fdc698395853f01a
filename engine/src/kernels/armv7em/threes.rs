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
                    "2:", // for each tile: the first and the third channel
                    "ldr r0, [sp, #20]",
                    "ldr r7, [r0]",
                    "ldr r8, [r0, #8]",
                    "mov r9, r7",
                    "mov r10, r8",
                    "mov r11, r7",
                    "mov r12, r8",
                    "ldm sp, {{r0, r1, lr}}",
                    "3:",
                    "ldr r3, [r1], #8",
                    "ldr r4, [r1], #8",
                    "ldr r5, [r1], #8",
                    $row!(""),
                    "ldr r2, [sp, #12]",
                    "add r0, r2",
                    "subs lr, #1",
                    "bne 3b",
                    "ldr r0, [sp, #20]",
                    "ldr r1, [sp, #16]",
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
                    // The second and the fourth channel.
                    "ldr r0, [sp, #20]",
                    "ldr r7, [r0, #4]",
                    "ldr r8, [r0, #12]",
                    "mov r9, r7",
                    "mov r10, r8",
                    "mov r11, r7",
                    "mov r12, r8",
                    "ldm sp, {{r0, r1, lr}}",
                    "add r1, #4",
                    "4:",
                    "ldr r3, [r1], #8",
                    "ldr r4, [r1], #8",
                    "ldr r5, [r1], #8",
                    $row!(", ror #8"),
                    "ldr r2, [sp, #12]",
                    "add r0, r2",
                    "subs lr, #1",
                    "bne 4b",
                    "ldr r0, [sp, #20]",
                    "ldr r1, [sp, #16]",
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
