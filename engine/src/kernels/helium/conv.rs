//! Convolution. A tile of the output is computed from the patches of its positions: one channel at four positions,
//! or, where fewer are left, two channels at two. The inner loops are tail-predicated: in its last round a loop
//! neither reads nor adds what lies behind a patch.

use core::arch::asm;

use super::tiles::{LARGE, SMALL, tiles};
use crate::blob::{Filter, Window};
use crate::kernels::cortex_m::{Im2col, Patch, clamp_all, target_cpu};
use crate::kernels::factor::{has_exceptional, has_lengths, is_exceptional};
use crate::kernels::{Input, Output, plain};

/// Values that are multiplied together.
const LANES: usize = 16;

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// Without [`conv2d_scratch_bytes`](crate::kernels::conv2d_scratch_bytes) of `scratch` memory it may be as slow.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    let im2col = Im2col::new(input, output.tensor, window);
    let kernel_size = im2col.kernel_size();
    let channels = usize::from(output.tensor.channels);
    let positions = usize::from(output.tensor.height).saturating_mul(output.tensor.width.into());
    let is_supported = has_lengths(input, &output, filter, kernel_size);
    let scratch = scratch.get_mut(..kernel_size.saturating_mul(LARGE)).filter(|_| is_supported);
    let (Some(scratch), Some(tiles)) = (scratch, tiles(positions, channels)) else {
        return plain::conv2d(input, output, window, filter);
    };
    let mut job = Job::new(kernel_size, output.tensor.zero_point, filter);
    // A small tile over a single position computes it twice.
    let last = positions.saturating_sub(1);
    job.pitch = if positions == 1 { 0 } else { channels };
    for tile in tiles {
        job.output = output.data.as_mut_ptr().wrapping_add(tile.first.wrapping_mul(channels));
        let size = if tile.is_large { LARGE } else { SMALL };
        let whole = im2col.whole_patches(tile.first, size);
        let places = scratch.chunks_exact_mut(kernel_size.max(1)).take(size);
        for ((index, place), pointer) in (0..LARGE).zip(places).zip(&mut job.patches) {
            let patch = match whole {
                Some(patches) => patches.patch(index),
                None => im2col.patch(tile.first.wrapping_add(index).min(last)),
            };
            *pointer = lay_out(&patch, &im2col, place);
        }
        // SAFETY: `job` points into slices that outlive the call. `has_lengths` has seen that the filter has a
        // bias, a multiplier, a shift and `kernel_size` weights for each channel, and that the output has all
        // channels of all positions, of which a tile's are some. So many values lie at its patches.
        unsafe {
            if tile.is_large {
                one_channel_at_four(&job);
            } else {
                two_channels_at_two(&Job { left: channels / 2, ..job });
                if channels % 2 == 1 {
                    two_channels_at_two(&job.of_last_two());
                }
            }
        }
    }
    clamp_all(output.data, filter.clamp);
    if has_exceptional(filter) {
        plain::conv2d_of(input, output, window, filter, is_exceptional);
    }
}

/// Where all values of a patch lie together: in the input, or else in `place`, with padding filled in.
fn lay_out(patch: &Patch<'_>, im2col: &Im2col<'_>, place: &mut [i8]) -> *const i8 {
    if patch.is_whole && patch.values.len() == place.len() {
        return patch.values.as_ptr();
    }
    if !patch.is_whole {
        place.fill(im2col.zero_point);
    }
    copy(patch, im2col.kernel_row(), place);
    place.as_ptr()
}

/// Copies the part of a patch inside the input to where it belongs.
fn copy(patch: &Patch<'_>, kernel_row: usize, whole: &mut [i8]) {
    let Some(place) = patch.place(whole, kernel_row).filter(|_| patch.len > 0) else { return };
    // SAFETY: reads `rows` rows of `len` values, `pitch` apart: those of the patch. Writes as many, `kernel_row`
    // apart, whose extent is that of `place`.
    unsafe {
        asm!(
            target_cpu!(),
            "2:", // for each row
            "mov {source}, {source_row}",
            "mov {target}, {target_row}",
            "dlstp.8 lr, {len}",
            "3:",
            "vldrb.u8 q0, [{source}], #16",
            "vstrb.8 q0, [{target}], #16",
            "letp lr, 3b",
            "add {source_row}, {source_pitch}",
            "add {target_row}, {target_pitch}",
            "subs {rows}, #1",
            "bne 2b",
            source_row = inout(reg) patch.values.as_ptr() => _,
            target_row = inout(reg) place.as_mut_ptr() => _,
            source_pitch = in(reg) patch.pitch,
            target_pitch = in(reg) kernel_row,
            len = in(reg) patch.len,
            rows = inout(reg) patch.rows => _,
            source = out(reg) _,
            target = out(reg) _,
            out("lr") _,
            out("q0") _,
            options(nostack),
        );
    }
}

/// What the kernels of a tile read.
#[repr(C)]
#[derive(Clone, Copy)]
struct Job {
    /// A large tile has four, a small one the first two.
    patches: [*const i8; LARGE],
    bias: *const u8,
    multipliers: *const u8,
    shifts: *const u8,
    /// `2 * zero_point + 1`: the zero point and a half, in halves.
    rounding: i32,
    weights: *const u8,
    kernel_size: usize,
    /// From the kernel's size to a multiple of sixteen.
    excess: usize,
    output: *mut i8,
    /// Output values from one position to the next.
    pitch: usize,
    /// Channels or pairs of them to compute.
    left: usize,
}

impl Job {
    /// Every channel. What is missing depends on the tile.
    fn new(kernel_size: usize, zero_point: i8, filter: &Filter<'_>) -> Self {
        Self {
            patches: [core::ptr::null(); LARGE],
            bias: filter.bias.as_ptr(),
            multipliers: filter.multipliers.as_ptr(),
            shifts: filter.shifts.as_ptr(),
            rounding: 2 * i32::from(zero_point) + 1,
            weights: filter.weights.as_ptr(),
            kernel_size,
            excess: kernel_size.wrapping_neg() % LANES,
            output: core::ptr::null_mut(),
            pitch: 0,
            left: filter.shifts.len(),
        }
    }

    /// The last two channels of a small tile.
    fn of_last_two(self) -> Self {
        let first = self.left.wrapping_sub(2);
        Self {
            bias: self.bias.wrapping_add(first.wrapping_mul(4)),
            multipliers: self.multipliers.wrapping_add(first.wrapping_mul(4)),
            shifts: self.shifts.wrapping_add(first),
            weights: self.weights.wrapping_add(first.wrapping_mul(self.kernel_size)),
            output: self.output.wrapping_add(first),
            left: 1,
            ..self
        }
    }
}

/// Four positions of `left` channels, one after the other.
///
/// The sums are in r4, r6, r8 and r10, then the lanes of q0; r0 to r3 are the patches, r5 the weights. The pointers
/// are on the stack, in the job's order.
///
/// # Safety
/// All pointers are valid for what the fields say: `left` biases, multipliers (both of 4 bytes) and shifts,
/// `left * kernel_size` weights, `kernel_size` values of each patch, `left` values of output at each of four
/// positions, `left` and `kernel_size` being at least 1.
#[inline(never)]
unsafe fn one_channel_at_four(job: &Job) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldm r0!, {{r1-r8}}",
            "push {{r1-r8}}",
            "ldm r0, {{r5, r7, r9, r11, r12}}",
            "sub sp, #8",
            "str r9, [sp]", // the excess
            "str r7, [sp, #4]",
            "mov r8, #0",
            "vidup.u32 q3, r8, #1",
            "vmul.i32 q3, q3, r12", // where the positions' values are
            "ldr r12, [r0, #20]",
            "ldr r9, [sp, #24]", // the biases
            "mov r7, r11",       // the output
            "ldr r11, [sp, #4]",
            "2:", // for each channel
            "add r0, sp, #8",
            "ldr r4, [r9], #4",
            "ldm r0, {{r0-r3}}",
            "mov r6, r4",
            "mov r8, r4",
            "mov r10, r4",
            "dlstp.8 lr, r11",
            "3:",
            "vldrb.u8 q0, [r5], #16",
            "vldrb.u8 q1, [r0], #16",
            "vmladava.s8 r4, q0, q1",
            "vldrb.u8 q1, [r1], #16",
            "vmladava.s8 r6, q0, q1",
            "vldrb.u8 q1, [r2], #16",
            "vmladava.s8 r8, q0, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r10, q0, q1",
            "letp lr, 3b",
            "ldrd r0, r1, [sp, #28]",
            "ldr r2, [sp, #36]",
            "ldr r3, [sp]",
            "vmov q0[2], q0[0], r4, r8",
            "vmov q0[3], q0[1], r6, r10",
            "sub r5, r3",
            "ldr r4, [r0], #4",
            "ldrsb r6, [r1], #1", // -e
            "strd r0, r1, [sp, #28]",
            "vqrdmulh.s32 q0, q0, r4",
            "mvn r8, r6",
            "lsl r8, r2, r8", // half a step and the zero point
            "vshr.s32 q1, q0, #31",
            "vadd.i32 q0, q0, q1",
            "vadd.i32 q0, q0, r8",
            "vshl.s32 q0, r6",
            "vqmovnb.s32 q0, q0",
            "vqmovnb.s16 q0, q0",
            "vstrb.32 q0, [r7, q3]",
            "add r7, #1",
            "subs r12, #1",
            "bne 2b",
            "add sp, #40",
            "pop {{r4-r11}}",
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
            out("q0") _,
            out("q1") _,
            out("q3") _,
        );
    }
}

/// Two positions of `left` pairs of channels.
///
/// The sums are in r4 and r6 for the first channel of a pair, r8 and r10 for the second, then the lanes of q0; r0 and
/// r1 are the channels' weights, r2 and r3 the patches. Their pointers, those to multipliers and shifts, and the
/// rounding are on the stack.
///
/// # Safety
/// As that of [`one_channel_at_four`], with pairs of channels and two positions.
#[inline(never)]
unsafe fn two_channels_at_two(job: &Job) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldm r0!, {{r1-r8}}",
            "push {{r1, r2, r6, r7, r8}}",
            "mov r7, r5", // the biases
            "ldm r0, {{r1, r2, r3, r5, r6, r12}}",
            "mov r0, #0",
            "mov r4, #1",
            "vmov q3[2], q3[0], r0, r4", // where the four values are
            "add r4, r6",
            "vmov q3[3], q3[1], r6, r4",
            "mov r9, r3",
            "mov r11, r2",
            "mov r0, r1",
            "add r1, r0, r11",
            "2:", // for each pair of channels
            "ldrd r2, r3, [sp]",
            "ldr r4, [r7], #4",
            "ldr r8, [r7], #4",
            "mov r6, r4",
            "mov r10, r8",
            "dlstp.8 lr, r11",
            "3:",
            "vldrb.u8 q0, [r0], #16",
            "vldrb.u8 q1, [r2], #16",
            "vldrb.u8 q2, [r1], #16",
            "vmladava.s8 r4, q0, q1",
            "vmladava.s8 r8, q2, q1",
            "vldrb.u8 q1, [r3], #16",
            "vmladava.s8 r6, q0, q1",
            "vmladava.s8 r10, q2, q1",
            "letp lr, 3b",
            "sub r0, r1, r9",
            "add r1, r0, r11",
            "vmov q0[2], q0[0], r4, r8",
            "vmov q0[3], q0[1], r6, r10",
            "ldrd r2, r3, [sp, #8]",
            "ldr r4, [r2], #4",
            "ldr r6, [r2], #4",
            "vmov q1[2], q1[0], r4, r6",
            "vmov q1[3], q1[1], r4, r6",
            "ldrsb r4, [r3], #1", // -e
            "ldrsb r6, [r3], #1",
            "strd r2, r3, [sp, #8]",
            "ldr r2, [sp, #16]",
            "vqrdmulh.s32 q0, q0, q1",
            "mvn r8, r4",
            "lsl r8, r2, r8", // half a step and the zero point
            "mvn r10, r6",
            "lsl r10, r2, r10",
            "vshr.s32 q1, q0, #31",
            "vadd.i32 q0, q0, q1",
            "vmov q1[2], q1[0], r8, r10",
            "vmov q1[3], q1[1], r8, r10",
            "vadd.i32 q0, q0, q1",
            "vmov q1[2], q1[0], r4, r6",
            "vmov q1[3], q1[1], r4, r6",
            "vshl.s32 q0, q0, q1",
            "vqmovnb.s32 q0, q0",
            "vqmovnb.s16 q0, q0",
            "vstrb.32 q0, [r5, q3]",
            "add r5, #2",
            "subs r12, #1",
            "bne 2b",
            "add sp, #20",
            "pop {{r4-r11}}",
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
            out("q0") _,
            out("q1") _,
            out("q2") _,
            out("q3") _,
        );
    }
}
