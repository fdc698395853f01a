//! Four patches side by side, in the order in which Helium's convolution reads them.

use core::arch::naked_asm;

use super::products::architecture;
use crate::blob::Filter;
use crate::kernels::patch::Patch;

/// Output positions that are computed together: the lanes of a vector of sums.
pub(super) const COLUMNS: usize = 4;

/// The patches of [`COLUMNS`] output positions: sixteen values of each in turn.
pub(super) struct Columns<'s> {
    vectors: &'s mut [[[i8; 16]; COLUMNS]],
    /// A patch before it is laid out: its length is the kernel's size.
    patch: &'s mut [i8],
}

impl<'s> Columns<'s> {
    /// Columns of patches of `kernel_size` values; None where the scratch memory is too short.
    pub(super) fn new(scratch: &'s mut [i8], kernel_size: usize) -> Option<Self> {
        let (patch, rest) = scratch.split_at_mut_checked(kernel_size)?;
        let vectors = rest.as_chunks_mut().0.as_chunks_mut().0.get_mut(..kernel_size.div_ceil(16))?;
        Some(Self { vectors, patch })
    }

    /// Lays out a patch as column `index`, with padding filled in.
    pub(super) fn set(&mut self, index: usize, patch: &Patch<'_>, kernel_row: usize) {
        let (sixteens, rest) = patch.values(self.patch, kernel_row).as_chunks();
        let mut vectors = self.vectors.iter_mut().filter_map(|columns| columns.get_mut(index));
        for (values, vector) in sixteens.iter().zip(vectors.by_ref()) {
            *vector = *values;
        }
        for (&value, place) in rest.iter().zip(vectors.next().into_iter().flatten()) {
            *place = value;
        }
    }

    /// Computes every output channel of the four positions.
    pub(super) fn convolve(&self, output: &mut [i8], zero_point: i8, filter: &Filter<'_>) {
        let kernel_size = self.patch.len();
        let job = Job {
            weights: filter.weights.as_ptr(),
            bias: filter.bias.as_ptr(),
            multipliers: filter.multipliers.as_ptr(),
            columns: self.vectors.as_ptr(),
            shifts: filter.shifts.as_ptr(),
            channels: filter.shifts.len(),
            output: output.as_mut_ptr(),
            rounding: 2 * i32::from(zero_point) + 1,
            excess: kernel_size.wrapping_neg() % 16,
            kernel_size,
        };
        // SAFETY: `job` points into slices that outlive the call. The caller's `is_in_bounds` has seen that the
        // filter has a bias, a multiplier, a shift and as many weights for each channel as a patch has values;
        // the columns hold so many values; and `output` has all channels of four positions.
        unsafe { convolve(&job) };
    }
}

/// What [`convolve`] reads, in the order in which it does.
#[repr(C)]
struct Job {
    weights: *const u8,
    bias: *const u8,
    multipliers: *const u8,
    columns: *const [[i8; 16]; COLUMNS],
    shifts: *const u8,
    channels: usize,
    output: *mut i8,
    /// `2 * zero_point + 1`: the zero point and a half, in halves.
    rounding: i32,
    /// From the kernel's size to a multiple of sixteen.
    excess: usize,
    kernel_size: usize,
}

/// Every output channel of four positions.
///
/// The sums are in r4, r6, r8 and r10, then the lanes of q0. The loop is tail-predicated: in its last round it
/// neither reads nor adds what lies behind the kernel's size.
///
/// # Safety
/// All pointers are valid for what the fields say: `channels` biases, multipliers (both of 4 bytes) and
/// shifts, `channels * kernel_size` weights, `4 * channels` values of output.
#[unsafe(naked)]
unsafe extern "C" fn convolve(job: &Job) {
    naked_asm!(
        architecture!(),
        "push {{r4-r11, lr}}",
        "ldm r0, {{r1-r7, r9, r11, r12}}",
        "mov r8, #0",
        "vidup.u32 q3, r8, #1",
        "vmul.i32 q3, q3, r6", // where the positions' values are
        "push {{r4, r11}}",
        "mov r11, r12",
        "mov r12, r6",
        "2:", // for each output channel
        "ldr r4, [r2], #4",
        "ldr r0, [sp]",
        "mov r6, r4",
        "mov r8, r4",
        "mov r10, r4",
        "dlstp.8 lr, r11",
        "3:",
        "vldrb.u8 q0, [r1], #16",
        "vldrb.u8 q1, [r0], #16",
        "vmladava.s8 r4, q0, q1",
        "vldrb.u8 q1, [r0], #16",
        "vmladava.s8 r6, q0, q1",
        "vldrb.u8 q1, [r0], #16",
        "vmladava.s8 r8, q0, q1",
        "vldrb.u8 q1, [r0], #16",
        "vmladava.s8 r10, q0, q1",
        "letp lr, 3b",
        "ldr r0, [sp, #4]",
        "sub r1, r0",
        "vmov q0[2], q0[0], r4, r8",
        "vmov q0[3], q0[1], r6, r10",
        "ldr r4, [r3], #4",
        "ldrsb r6, [r5], #1", // -e
        "vqrdmulh.s32 q0, q0, r4",
        "mvn r8, r6",
        "lsl r8, r9, r8", // half a step and the zero point
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
        "add sp, #8",
        "pop {{r4-r11, pc}}",
    )
}
