//! Convolution. The patches of some output positions are widened and laid out side by side; from them a tile
//! of the output is computed: one channel at three to six positions, or two channels at one or two.
//!
//! The inner loops take a unit of each patch in a round: as many values as the instruction set multiplies well.

use core::arch::asm;

use super::tiles::{SMALL, Tile, tiles};
use super::{dense, requantise};
use crate::blob::{Filter, Window};
use crate::kernels::cortex_m::{Im2col, clamp_all, target_cpu};
use crate::kernels::factor::{has_exceptional, has_lengths, is_exceptional};
use crate::kernels::instructions::{Patches, UNIT, unit_at_each, unit_at_two};
use crate::kernels::{Input, Output, plain};

/// Rounds of the inner loops that are unrolled.
const UNROLLED: usize = 8;

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// Without [`conv2d_scratch_bytes`](crate::kernels::conv2d_scratch_bytes) of `scratch` memory it may be as slow.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    let im2col = Im2col::new(input, output.tensor, window);
    let kernel_size = im2col.kernel_size();
    let channels = usize::from(output.tensor.channels);
    let positions = usize::from(output.tensor.height).saturating_mul(output.tensor.width.into());
    let is_supported = has_lengths(input, &output, filter, kernel_size);
    if positions == 1 && im2col.patch(0).values.len() == kernel_size && input.data.len() == kernel_size {
        return dense(input, output, filter);
    }
    let patches = Patches::new(scratch, kernel_size).filter(|_| is_supported);
    let tiles = patches.as_ref().and_then(|patches| tiles(positions, patches.most_positions(), channels));
    let (Some(mut patches), Some(tiles)) = (patches, tiles) else {
        return plain::conv2d(input, output, window, filter);
    };
    let mut job = Job::new(&patches, output.tensor.zero_point, filter);
    // A small tile over a single position computes it twice.
    let last = positions.saturating_sub(1);
    job.pitch = if positions == 1 { 0 } else { channels };
    for Tile { first, positions } in tiles {
        job.output = output.data.as_mut_ptr().wrapping_add(first.wrapping_mul(channels));
        // SAFETY: `job` points into slices that outlive the call. `has_lengths` has seen that the filter has a
        // bias, a multiplier, a shift and `kernel_size` weights for each channel, and that the output has all
        // channels of all positions, of which a tile's are some.
        unsafe {
            match positions {
                6 => job.compute_each::<6>(&mut patches, &im2col, [first, last]),
                5 => job.compute_each::<5>(&mut patches, &im2col, [first, last]),
                4 => job.compute_each::<4>(&mut patches, &im2col, [first, last]),
                3 => job.compute_each::<3>(&mut patches, &im2col, [first, last]),
                _ => job.compute_pairs(&mut patches, &im2col, [first, last], channels),
            }
        }
    }
    clamp_all(output.data, filter.clamp);
    if has_exceptional(filter) {
        plain::conv2d_of(input, output, window, filter, is_exceptional);
    }
}

/// What the kernels of a tile read, in the order in which they do.
#[repr(C)]
#[derive(Clone, Copy)]
struct Job {
    words: *const u32,
    /// Behind the last units.
    end: *const u32,
    /// Units in the first, shorter round of the inner loop.
    units_before: usize,
    /// Values behind the last unit.
    singles: usize,
    bias: *const u8,
    multipliers: *const u8,
    shifts: *const u8,
    output: *mut i8,
    /// Output values from one position to the next.
    pitch: usize,
    /// Behind the weights of the last channel to compute.
    end_of_weights: *const u8,
    /// `2 * zero_point + 1`: the zero point and a half, in halves.
    rounding: i32,
    weights: *const u8,
    kernel_size: usize,
}

impl Job {
    /// Every channel. What is missing depends on the tile.
    fn new(patches: &Patches<'_>, zero_point: i8, filter: &Filter<'_>) -> Self {
        let kernel_size = patches.kernel_size;
        Self {
            words: patches.words.as_ptr(),
            end: core::ptr::null(),
            units_before: kernel_size / UNIT % UNROLLED,
            singles: kernel_size % UNIT,
            bias: filter.bias.as_ptr(),
            multipliers: filter.multipliers.as_ptr(),
            shifts: filter.shifts.as_ptr(),
            output: core::ptr::null_mut(),
            pitch: 0,
            end_of_weights: filter.weights.as_ptr().wrapping_add(filter.weights.len()),
            rounding: 2 * i32::from(zero_point) + 1,
            weights: filter.weights.as_ptr(),
            kernel_size,
        }
    }

    /// All channels, one after the other, at `N` positions of a span, from its first one on.
    ///
    /// # Safety
    /// As [`one_channel_at_each`] says, of what does not depend on the patches.
    unsafe fn compute_each<const N: usize>(
        self,
        patches: &mut Patches<'_>,
        im2col: &Im2col<'_>,
        span: [usize; 2],
    ) {
        patches.lay_out(im2col, N, span);
        // SAFETY: the caller's; the patches are laid out.
        unsafe { one_channel_at_each::<N>(&Job { end: patches.end(N), ..self }) };
    }

    /// All channels, two together, at one or two positions of a span, from its first one on.
    ///
    /// # Safety
    /// As [`two_channels_at_two`] says, of what does not depend on the patches; `channels` is at least 2.
    unsafe fn compute_pairs(
        self,
        patches: &mut Patches<'_>,
        im2col: &Im2col<'_>,
        span: [usize; 2],
        channels: usize,
    ) {
        patches.lay_out(im2col, SMALL, span);
        let job = Job { end: patches.end(SMALL), ..self };
        // SAFETY: the caller's; the patches are laid out.
        unsafe {
            two_channels_at_two(&job.of_pairs(channels));
            if channels % 2 == 1 {
                two_channels_at_two(&job.of_last_two(channels));
            }
        }
    }

    /// Pairs of channels, without the last one where there is an odd one.
    fn of_pairs(self, channels: usize) -> Self {
        let weights = (channels & !1).wrapping_mul(self.kernel_size);
        Self { end_of_weights: self.weights.wrapping_add(weights), ..self }
    }

    /// The last two channels.
    fn of_last_two(self, channels: usize) -> Self {
        let first = channels.wrapping_sub(2);
        Self {
            bias: self.bias.wrapping_add(first.wrapping_mul(4)),
            multipliers: self.multipliers.wrapping_add(first.wrapping_mul(4)),
            shifts: self.shifts.wrapping_add(first),
            output: self.output.wrapping_add(first),
            weights: self.weights.wrapping_add(first.wrapping_mul(self.kernel_size)),
            ..self
        }
    }
}

/// One of the values behind the units, at three to six positions: its weight from r1, a word of each position from r0.
macro_rules! single_at_each {
    () => {
        "
            ldrsb r3, [r1], #1
            .if {positions} == 3
            ldm r0!, {{r4-r6}}
            .else
            ldm r0!, {{r4-r7}}
            mla r11, r7, r3, r11
            .endif
            mla r8, r4, r3, r8
            mla r9, r5, r3, r9
            mla r10, r6, r3, r10
            .if {positions} == 5
            ldr r4, [r0], #4
            mla r12, r4, r3, r12
            .elseif {positions} == 6
            ldm r0!, {{r4, r5}}
            mla r12, r4, r3, r12
            mla lr, r5, r3, lr
            .endif
        "
    };
}

/// Three to six positions, `N`, of all channels up to the end of the weights, one channel after the other.
///
/// The sums are in r8 to r12 and lr, as many as there are positions. The job is on the stack, since the inner loop
/// leaves no register: r0 is the words of the patches, r1 the weights, r2 and r3 some weights, r4 to r7, and of the
/// sums' registers those that are free, words. It is entered in its midst.
///
/// # Safety
/// All pointers are valid for what the fields say: `kernel_size` weights of each channel, of which there is at least
/// one, and as many biases, multipliers (both of 4 bytes), shifts and values of output at each of `N` positions.
#[inline(never)]
unsafe fn one_channel_at_each<const N: usize>(job: &Job) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldm r0, {{r1-r12}}",
            "ldr r0, 9f",
            "mul r3, r3, r0",
            "adr.w r0, 4f",
            "sub r3, r0, r3",
            "orr r3, #1",
            "push {{r1-r11}}",
            "mov r1, r12",
            "2:", // for each channel
            "ldr r0, [sp, #16]",
            "ldr r8, [r0], #4",
            "str r0, [sp, #16]",
            "ldr r0, [sp]",
            "mov r9, r8",
            "mov r10, r8",
            ".if {positions} > 3",
            "mov r11, r8",
            ".endif",
            ".if {positions} > 4",
            "mov r12, r8",
            ".endif",
            ".if {positions} > 5",
            "mov lr, r8",
            ".endif",
            "ldr pc, [sp, #8]",
            ".p2align 2",
            "9:", // the length of a unit's code
            ".word (4f - 3f) / {unrolled}",
            "3:",
            ".rept {unrolled}",
            unit_at_each!(),
            ".endr",
            "4:",
            "ldr r2, [sp, #4]",
            "cmp r0, r2",
            "blo.w 3b",
            "ldr r2, [sp, #12]",
            "cbz r2, 6f",
            "5:", // for each value behind the units
            single_at_each!(),
            "subs r2, #1",
            "bne 5b",
            "6:",
            "add r0, sp, #20",
            "ldm r0, {{r2-r5}}",
            "ldr r6, [r2], #4",
            "ldrsb r7, [r3], #1",
            "strd r2, r3, [sp, #20]",
            "ldr r0, [sp, #40]",
            "lsl r6, r6, #1", // the doubled multiplier
            "mvn r7, r7",     // e - 1
            "lsl r3, r0, r7", // half a step and the zero point
            "add r7, #1",
            "add r2, r4, r5", // the second position's value
            requantise!("r0" = "r9", "r6", "r3", "r7"),
            "strb r0, [r2]",
            requantise!("r0" = "r10", "r6", "r3", "r7"),
            "strb r0, [r4, r5, lsl #1]",
            ".if {positions} > 3",
            requantise!("r0" = "r11", "r6", "r3", "r7"),
            "strb r0, [r2, r5, lsl #1]",
            ".endif",
            ".if {positions} > 4",
            requantise!("r0" = "r12", "r6", "r3", "r7"),
            "strb r0, [r4, r5, lsl #2]",
            ".endif",
            ".if {positions} > 5",
            requantise!("r0" = "lr", "r6", "r3", "r7"),
            "strb r0, [r2, r5, lsl #2]",
            ".endif",
            requantise!("r0" = "r8", "r6", "r3", "r7"),
            "strb r0, [r4], #1",
            "str r4, [sp, #28]",
            "ldr r0, [sp, #36]",
            "cmp r1, r0",
            "bne.w 2b",
            "add sp, #44",
            "pop {{r4-r11}}",
            unrolled = const UNROLLED,
            positions = const N,
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}

/// Two positions of pairs of channels up to the end of the weights.
///
/// The sums are in r9 and r10 for the first channel of a pair, r11 and r12 for the second. r0 is the words of the
/// patches, lr their end, r1 and r2 the channels' weights, r3 to r6 words, r7 and r8 some weights.
///
/// # Safety
/// As that of [`one_channel_at_each`], with pairs of channels and two positions.
#[inline(never)]
unsafe fn two_channels_at_two(job: &Job) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldr lr, [r0, #48]",
            "ldm r0, {{r1-r12}}",
            "ldr r0, 9f",
            "mul r3, r3, r0",
            "adr.w r0, 4f",
            "sub r3, r0, r3",
            "orr r3, #1",
            "mov r0, lr",
            "push {{r0-r11}}", // the kernel's size first
            "mov r1, r12",
            "add r2, r12, lr",
            "2:", // for each pair of channels
            "ldr r0, [sp, #20]",
            "ldr r9, [r0], #4",
            "ldr r11, [r0], #4",
            "str r0, [sp, #20]",
            "mov r10, r9",
            "mov r12, r11",
            "ldrd r0, lr, [sp, #4]",
            "ldr pc, [sp, #12]",
            ".p2align 2",
            "9:", // the length of a unit's code
            ".word (4f - 3f) / {unrolled}",
            "3:",
            ".rept {unrolled}",
            unit_at_two!(),
            ".endr",
            "4:",
            "cmp r0, lr",
            "blo.w 3b",
            "ldr r3, [sp, #16]",
            "cbz r3, 6f",
            "5:", // for each value behind the units
            "ldrsb r7, [r1], #1",
            "ldrsb r8, [r2], #1",
            "ldm r0!, {{r4, r5}}",
            "mla r9, r4, r7, r9",
            "mla r10, r5, r7, r10",
            "mla r11, r4, r8, r11",
            "mla r12, r5, r8, r12",
            "subs r3, #1",
            "bne 5b",
            "6:",
            "add r0, sp, #24",
            "ldm r0, {{r3-r6}}", // multipliers, shifts, output, pitch
            "ldr r7, [r3], #4",
            "ldrsb r8, [r4], #1",
            "ldr r1, [sp, #44]",
            "lsl r7, r7, #1", // the doubled multiplier
            "mvn r8, r8",     // e - 1
            "lsl lr, r1, r8", // half a step and the zero point
            "add r8, #1",
            requantise!("r0" = "r9", "r7", "lr", "r8"),
            "strb r0, [r5]",
            requantise!("r0" = "r10", "r7", "lr", "r8"),
            "strb r0, [r5, r6]",
            "add r5, #1",
            "ldr r7, [r3], #4",
            "ldrsb r8, [r4], #1",
            "lsl r7, r7, #1",
            "mvn r8, r8",
            "lsl lr, r1, r8",
            "add r8, #1",
            requantise!("r0" = "r11", "r7", "lr", "r8"),
            "strb r0, [r5]",
            requantise!("r0" = "r12", "r7", "lr", "r8"),
            "strb r0, [r5, r6]",
            "add r5, #1",
            "strd r3, r4, [sp, #24]",
            "str r5, [sp, #32]",
            "ldr r0, [sp]",
            "mov r1, r2",
            "add r2, r0",
            "ldr r0, [sp, #40]",
            "cmp r1, r0",
            "bne.w 2b",
            "add sp, #48",
            "pop {{r4-r11}}",
            unrolled = const UNROLLED,
            inout("r0") job => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
