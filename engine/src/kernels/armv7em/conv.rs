//! Convolution. The patches of some output positions are widened to int16 and laid out side by side; from them a
//! tile of the output is computed: one channel at six positions, or, where fewer are left, two channels at two.

use core::arch::asm;

use super::{requantise, target_cpu};
use crate::blob::{Filter, Window};
use crate::kernels::cortex_m::{Im2col, Patch, SMALL, WholePatches, clamp_all, tiles};
use crate::kernels::factor::is_in_bounds;
use crate::kernels::{Input, Output, plain};

/// Positions of a large tile: as many sums as leave registers for what they sum.
const LARGE: usize = 6;
/// Values of a patch that are multiplied together.
const QUAD: usize = 4;
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
    let is_supported = is_in_bounds(input, &output, filter, kernel_size);
    let patches = Patches::new(scratch, kernel_size).filter(|_| is_supported);
    let (Some(mut patches), Some(tiles)) = (patches, tiles(positions, LARGE, channels)) else {
        return plain::conv2d(input, output, window, filter);
    };
    let mut job = Job::new(&patches, output.tensor.zero_point, filter);
    // A small tile over a single position computes it twice.
    let last = positions.saturating_sub(1);
    job.pitch = if positions == 1 { 0 } else { channels };
    for tile in tiles {
        job.output = output.data.as_mut_ptr().wrapping_add(tile.first.wrapping_mul(channels));
        // SAFETY: `job` points into slices that outlive the call. `is_in_bounds` has seen that the filter has a
        // bias, a multiplier, a shift and `kernel_size` weights for each channel, and that the output has all
        // channels of all positions, of which a tile's are some. Its patches are laid out.
        unsafe {
            if tile.is_large {
                patches.lay_out::<LARGE>(&im2col, tile.first, last);
                one_channel_at_six(&Job { end: patches.end::<LARGE>(), ..job });
            } else {
                patches.lay_out::<SMALL>(&im2col, tile.first, last);
                two_channels_at_two(&Job { end: patches.end::<SMALL>(), left: channels / 2, ..job });
                if channels % 2 == 1 {
                    two_channels_at_two(&job.of_last_two(patches.end::<SMALL>()));
                }
            }
        }
    }
    clamp_all(output.data, filter.clamp);
}

/// The patches of a tile's positions, widened and side by side.
///
/// Four values of each in turn as two words: `a b c d` as `a c` and `b d`, the pairs that `sxtb16` makes of four
/// weights. What is left over at a patch's end follows as words of their own.
struct Patches<'s> {
    words: &'s mut [u32],
    /// A patch before it is widened, and some room behind it.
    narrow: &'s mut [i8],
    kernel_size: usize,
}

impl<'s> Patches<'s> {
    /// Room for a large tile's patches of `kernel_size` values; None where the scratch memory is too short.
    fn new(scratch: &'s mut [i8], kernel_size: usize) -> Option<Self> {
        let (narrow, rest) = scratch.split_at_mut_checked(kernel_size)?;
        let quads = (kernel_size / QUAD).saturating_mul(2 * LARGE);
        let length = quads.saturating_add((kernel_size % QUAD).saturating_mul(LARGE));
        let words = bytemuck::pod_align_to_mut(rest).1.get_mut(..length)?;
        Some(Self { words, narrow, kernel_size })
    }

    /// Behind the quads of `N` patches.
    fn end<const N: usize>(&self) -> *const u32 {
        self.words.as_ptr().wrapping_add((self.kernel_size / QUAD).wrapping_mul(2 * N))
    }

    /// Lays out the patches of `N` positions from `first` on, none behind `last`, with padding filled in.
    fn lay_out<const N: usize>(&mut self, im2col: &Im2col<'_>, first: usize, last: usize) {
        if let Some(patches) = im2col.whole_patches(first, N) {
            if self.kernel_size == 9 && im2col.kernel_row() == 3 {
                return widen_nines::<N>(&patches, self.words);
            }
            for index in 0..N {
                self.lay_out_one::<N>(&patches.patch(index), im2col, index);
            }
        } else {
            for index in 0..N {
                let patch = im2col.patch(first.wrapping_add(index).min(last));
                self.lay_out_one::<N>(&patch, im2col, index);
            }
        }
    }

    /// Lays out one of `N` patches.
    fn lay_out_one<const N: usize>(&mut self, patch: &Patch<'_>, im2col: &Im2col<'_>, index: usize) {
        let kernel_row = im2col.kernel_row();
        let column = self.words.get_mut(2 * index..).unwrap_or_default();
        // Rows of quads, padding and all, are widened from where they lie.
        if (kernel_row | patch.len | patch.start).is_multiple_of(QUAD) {
            if !patch.is_whole {
                fill::<N>(im2col.zero_point, patch, kernel_row, self.kernel_size, column);
            }
            let column = column.get_mut((patch.start / QUAD).wrapping_mul(2 * N)..).unwrap_or_default();
            return widen::<N>(
                patch.values,
                patch.pitch,
                patch.rows,
                patch.len / QUAD,
                kernel_row / QUAD,
                column,
            );
        }
        if !patch.is_whole {
            self.narrow.fill(im2col.zero_point);
        }
        patch.copy_to(self.narrow, kernel_row);
        let quads = self.kernel_size / QUAD;
        widen::<N>(self.narrow, 0, 1, quads, quads, column);
        let singles = self.narrow.get(quads.wrapping_mul(QUAD)..).unwrap_or_default();
        let words = quads.wrapping_mul(2 * N).wrapping_add(index);
        let words = self.words.get_mut(words..).unwrap_or_default();
        for (&value, word) in singles.iter().zip(words.iter_mut().step_by(N)) {
            *word = i32::from(value).cast_unsigned();
        }
    }
}

/// Writes the padding of one of `N` patches, which is made of whole quads.
fn fill<const N: usize>(
    zero_point: i8,
    patch: &Patch<'_>,
    kernel_row: usize,
    kernel_size: usize,
    column: &mut [u32],
) {
    let pair = u32::from(i16::from(zero_point).cast_unsigned()) * 0x1_0001;
    let mut fill = |start: usize, end: usize| {
        let quads = end.saturating_sub(start) / QUAD;
        let words = column.get_mut((start / QUAD).wrapping_mul(2 * N)..).unwrap_or_default();
        if quads > 0 && words.len() >= quads.wrapping_mul(2 * N).wrapping_sub(2 * N - 2) {
            // SAFETY: writes two words of each `2 * N`, so many that the last ones are in `words`.
            unsafe {
                asm!(
                    "2:",
                    "strd {pair}, {pair}, [{words}], #{step}",
                    "subs {quads}, #1",
                    "bne 2b",
                    pair = in(reg) pair,
                    words = inout(reg) words.as_mut_ptr() => _,
                    quads = inout(reg) quads => _,
                    step = const 8 * N,
                    options(nostack),
                );
            }
        }
    };
    // Before the first row inside the input, between the rows, and behind the last one.
    let mut done = 0;
    for row in 0..patch.rows {
        let start = patch.start.wrapping_add(row.wrapping_mul(kernel_row));
        fill(done, start);
        done = start.wrapping_add(patch.len);
    }
    fill(done, kernel_size);
}

/// Widens and lays out `N` patches of three rows of three values.
fn widen_nines<const N: usize>(patches: &WholePatches<'_>, words: &mut [u32]) {
    // The first two rows are read as a word each, which reaches into the next row; the last row too, from the value
    // before it on.
    let needed =
        (N - 1).wrapping_mul(patches.step).wrapping_add(patches.pitch.wrapping_mul(2)).wrapping_add(3);
    if patches.values.len() < needed || words.len() < 5 * N {
        return;
    }
    // SAFETY: reads four bytes at the beginning of each patch, four in the next row, and four from the byte before
    // its last row to its end: all in `values`, as was compared. Writes five words for each patch.
    unsafe {
        asm!(
            target_cpu!(),
            "2:", // for each patch
            "ldr {a}, [{first}]", // a0 a1 a2 .
            "ldr {b}, [{first}, {pitch}]", // b0 b1 b2 .
            "ldr {c}, [{last}]", // . c0 c1 c2
            "bfi {a}, {b}, #24, #8",
            "lsr {b}, {b}, #8",
            "lsr {t}, {c}, #8",
            "bfi {b}, {t}, #16, #16",
            "asr {c}, {c}, #24",
            "str {c}, [{single}], #4",
            "sxtb16 {t}, {a}",
            "sxtb16 {c}, {a}, ror #8",
            "sxtb16 {a}, {b}",
            "sxtb16 {b}, {b}, ror #8",
            "strd {a}, {b}, [{quad}, #{next}]",
            "strd {t}, {c}, [{quad}], #8",
            "add {first}, {step}",
            "add {last}, {step}",
            "subs {left}, #1",
            "bne 2b",
            first = inout(reg) patches.values.as_ptr() => _,
            last = inout(reg) patches.values.as_ptr().wrapping_add(patches.pitch.wrapping_mul(2)).wrapping_sub(1) => _,
            pitch = in(reg) patches.pitch,
            step = in(reg) patches.step,
            quad = inout(reg) words.as_mut_ptr() => _,
            single = inout(reg) words.as_mut_ptr().wrapping_add(4 * N) => _,
            left = inout(reg) N => _,
            a = out(reg) _,
            b = out(reg) _,
            c = out(reg) _,
            t = out(reg) _,
            next = const 8 * N,
            options(nostack),
        );
    }
}

/// Widens `rows` rows of `quads` each, which are `pitch` values apart, into the words of one of `N` patches, whose
/// own rows are `kernel_row` quads apart.
fn widen<const N: usize>(
    source: &[i8],
    pitch: usize,
    rows: usize,
    quads: usize,
    kernel_row: usize,
    column: &mut [u32],
) {
    let last = rows.wrapping_sub(1).wrapping_mul(kernel_row).wrapping_add(quads).wrapping_mul(2 * N);
    if quads == 0 || rows == 0 || last > column.len().wrapping_add(2 * N - 2) {
        return;
    }
    // SAFETY: reads `quads` words from each row of `source`, which has them. Writes two words of each `2 * N` in
    // `column`, which is long enough. Its words lie aligned, as `strd` wants them.
    unsafe {
        asm!(
            target_cpu!(),
            "2:", // for each row
            "mov {source}, {row}",
            "lsrs {left}, {quads}, #2",
            "beq 4f",
            "3:", // for each four quads
            ".rept 4",
            "ldr {odd}, [{source}], #4",
            "sxtb16 {even}, {odd}",
            "sxtb16 {odd}, {odd}, ror #8",
            "strd {even}, {odd}, [{column}], #{step}",
            ".endr",
            "subs {left}, #1",
            "bne 3b",
            "4:",
            "ands {left}, {quads}, #3",
            "beq 6f",
            "5:", // for each quad left
            "ldr {odd}, [{source}], #4",
            "sxtb16 {even}, {odd}",
            "sxtb16 {odd}, {odd}, ror #8",
            "strd {even}, {odd}, [{column}], #{step}",
            "subs {left}, #1",
            "bne 5b",
            "6:",
            "add {row}, {pitch}",
            "add {column}, {gap}",
            "subs {rows}, #1",
            "bne 2b",
            row = inout(reg) source.as_ptr() => _,
            pitch = in(reg) pitch,
            gap = in(reg) kernel_row.wrapping_sub(quads).wrapping_mul(8 * N),
            rows = inout(reg) rows => _,
            quads = in(reg) quads,
            column = inout(reg) column.as_mut_ptr() => _,
            source = out(reg) _,
            left = out(reg) _,
            even = out(reg) _,
            odd = out(reg) _,
            step = const 8 * N,
            options(nostack),
        );
    }
}

/// What the kernels of a tile read, in the order in which they do.
#[repr(C)]
#[derive(Clone, Copy)]
struct Job {
    words: *const u32,
    /// Behind the last quads.
    end: *const u32,
    /// Quads in the first, shorter round of the inner loop.
    quads_before: usize,
    /// Values behind the last quad.
    singles: usize,
    bias: *const u8,
    multipliers: *const u8,
    shifts: *const u8,
    output: *mut i8,
    /// Output values from one position to the next.
    pitch: usize,
    /// Channels or pairs of them to compute.
    left: usize,
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
            quads_before: kernel_size / QUAD % UNROLLED,
            singles: kernel_size % QUAD,
            bias: filter.bias.as_ptr(),
            multipliers: filter.multipliers.as_ptr(),
            shifts: filter.shifts.as_ptr(),
            output: core::ptr::null_mut(),
            pitch: 0,
            left: filter.shifts.len(),
            rounding: 2 * i32::from(zero_point) + 1,
            weights: filter.weights.as_ptr(),
            kernel_size,
        }
    }

    /// The last two channels of a tile.
    fn of_last_two(self, end: *const u32) -> Self {
        let first = self.left.wrapping_sub(2);
        Self {
            end,
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

/// Six positions of `left` channels, one after the other.
///
/// The sums are in r8 to r12 and lr. The job is on the stack, since the inner loop leaves no register: r0 is the
/// words of the patches, r1 the weights, r2 and r3 four weights, r4 to r7 words. It is entered in its midst.
///
/// # Safety
/// All pointers are valid for what the fields say: `left` biases, multipliers (both of 4 bytes) and shifts,
/// `left * kernel_size` weights, `left` values of output at each of six positions, `left` being at least 1.
#[inline(never)]
unsafe fn one_channel_at_six(job: &Job) {
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
            "mov r11, r8",
            "mov r12, r8",
            "mov lr, r8",
            "ldr r2, [sp, #8]",
            "bx r2",
            ".p2align 2",
            "9:", // the length of a quad's code
            ".word (4f - 3f) / {unrolled}",
            "3:",
            ".rept {unrolled}", // for each quad
            "ldr r2, [r1], #4",
            "ldm.w r0!, {{r4-r7}}",
            "sxtb16 r3, r2, ror #8",
            "sxtb16 r2, r2",
            "smlad r8, r4, r2, r8",
            "smlad r9, r6, r2, r9",
            "smlad r8, r5, r3, r8",
            "smlad r9, r7, r3, r9",
            "ldm.w r0!, {{r4-r7}}",
            "smlad r10, r4, r2, r10",
            "smlad r11, r6, r2, r11",
            "smlad r10, r5, r3, r10",
            "smlad r11, r7, r3, r11",
            "ldm.w r0!, {{r4-r7}}",
            "smlad r12, r4, r2, r12",
            "smlad lr, r6, r2, lr",
            "smlad r12, r5, r3, r12",
            "smlad lr, r7, r3, lr",
            ".endr",
            "4:",
            "ldr r2, [sp, #4]",
            "cmp r0, r2",
            "blo.w 3b",
            "ldr r2, [sp, #12]",
            "cbz r2, 6f",
            "5:", // for each value behind the quads
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
            requantise!("r0" = "r8", "r6", "r3", "r7"),
            "strb r0, [r4]",
            "add r2, r4, r5", // the second position's value
            requantise!("r0" = "r9", "r6", "r3", "r7"),
            "strb r0, [r2]",
            requantise!("r0" = "r10", "r6", "r3", "r7"),
            "strb r0, [r4, r5, lsl #1]",
            requantise!("r0" = "r11", "r6", "r3", "r7"),
            "strb r0, [r2, r5, lsl #1]",
            requantise!("r0" = "r12", "r6", "r3", "r7"),
            "strb r0, [r4, r5, lsl #2]",
            requantise!("r0" = "lr", "r6", "r3", "r7"),
            "strb r0, [r2, r5, lsl #2]",
            "ldr r0, [sp, #36]",
            "subs r0, #1",
            "str r0, [sp, #36]",
            "bne.w 2b",
            "add sp, #44",
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

/// Two positions of `left` pairs of channels.
///
/// The sums are in r9 and r10 for the first channel of a pair, r11 and r12 for the second. r0 is the words of the
/// patches, lr their end, r1 and r2 the channels' weights, r3 to r6 words, r7 and r8 four weights.
///
/// # Safety
/// As that of [`one_channel_at_six`], with pairs of channels and two positions.
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
            "ldr r3, [sp, #12]",
            "bx r3",
            ".p2align 2",
            "9:", // the length of a quad's code
            ".word (4f - 3f) / {unrolled}",
            "3:",
            ".rept {unrolled}", // for each quad
            "ldr r7, [r1], #4",
            "ldm.w r0!, {{r3-r6}}",
            "sxtb16 r8, r7, ror #8",
            "sxtb16 r7, r7",
            "smlad r9, r3, r7, r9",
            "smlad r10, r5, r7, r10",
            "smlad r9, r4, r8, r9",
            "smlad r10, r6, r8, r10",
            "ldr r7, [r2], #4",
            "sxtb16 r8, r7, ror #8",
            "sxtb16 r7, r7",
            "smlad r11, r3, r7, r11",
            "smlad r12, r5, r7, r12",
            "smlad r11, r4, r8, r11",
            "smlad r12, r6, r8, r12",
            ".endr",
            "4:",
            "cmp r0, lr",
            "blo.w 3b",
            "ldr r3, [sp, #16]",
            "cbz r3, 6f",
            "5:", // for each value behind the quads
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
            "subs r0, #1",
            "str r0, [sp, #40]",
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
