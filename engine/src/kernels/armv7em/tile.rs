//! Depthwise convolution of tiles: three positions of four channels, two and then the other two.

use core::arch::asm;

use super::values::values_of_one_channel;
use crate::kernels::cortex_m::{MAX_KERNEL, target_cpu};
use crate::kernels::factor::Factor;

/// Channels that are computed together.
pub(super) const LANES: usize = 4;
/// Positions that are computed together, and columns of the kernel.
pub(super) const POSITIONS: usize = 3;
pub(super) const COLUMNS: usize = 3;
pub(super) const MAX_ROWS: usize = MAX_KERNEL as usize;

/// Where the biases of a row's tiles begin: of the first, of those in between, and of the last.
const FIRST: usize = 0;
const BETWEEN: usize = 1;
const LAST: usize = 2;

/// Tiles that a kernel computes side by side, in the order in which it reads their description.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Tile {
    /// The first column under the first position, which need not be there.
    pub(super) input: *const i8,
    pub(super) weights: *const u32,
    pub(super) rows: usize,
    /// From where a row's code leaves r0 to the beginning of the next row.
    pub(super) row_jump: usize,
    pub(super) output: *mut i8,
    /// Of the three positions.
    pub(super) bias: *const [i32; LANES],
    pub(super) factors: *const Factor,
    pub(super) left: usize,
    pub(super) input_step: usize,
    pub(super) output_step: usize,
    /// Bit 31: the first column is there. Bit 30: the last one is. Whole tiles do not ask.
    pub(super) columns: u32,
    pub(super) channels: usize,
}

impl Tile {
    /// All `width` positions of a row of the output, of which this is the first tile.
    ///
    /// # Safety
    /// All rows and columns under the positions are readable, but for those that are cut, and all positions writable,
    /// four channels of each. `width` is at least [`POSITIONS`].
    pub(super) unsafe fn convolve_row(
        self,
        stride: usize,
        width: usize,
        [is_left_cut, is_right_cut]: [bool; 2],
    ) {
        let tiles = |first: usize, bias: usize, left: usize| Self {
            input: self.input.wrapping_add(first.wrapping_mul(stride).wrapping_mul(self.channels)),
            output: self.output.wrapping_add(first.wrapping_mul(self.channels)),
            bias: self.bias.wrapping_add(bias),
            left,
            ..self
        };
        let last = width.wrapping_sub(POSITIONS);
        let begin = if is_left_cut { POSITIONS } else { 0 };
        let end = if is_right_cut { last } else { width };
        let between = end.saturating_sub(begin);
        // SAFETY: the caller's. Tiles begin where two more positions follow, and whole ones touch no cut position.
        unsafe {
            if last == 0 {
                return tiles(0, FIRST, 1).convolve_cut(stride, [is_left_cut, is_right_cut]);
            }
            if is_left_cut {
                tiles(0, FIRST, 1).convolve_cut(stride, [true, false]);
            }
            if between >= POSITIONS {
                tiles(begin, BETWEEN, between / POSITIONS).convolve_whole(stride);
            }
            if !between.is_multiple_of(POSITIONS) {
                // It overlaps others, at the beginning of a narrow row the one at its end.
                let first = end.saturating_sub(POSITIONS).max(usize::from(is_left_cut));
                tiles(first, BETWEEN, 1).convolve_whole(stride);
            }
            if is_right_cut {
                tiles(last, LAST, 1).convolve_cut(stride, [false, true]);
            }
        }
    }

    /// Tiles that no padding cuts.
    ///
    /// # Safety
    /// As of [`convolve_row`](Self::convolve_row).
    unsafe fn convolve_whole(self, stride: usize) {
        // SAFETY: the caller's.
        unsafe { if stride == 1 { convolve::<1, 0>(&self) } else { convolve::<2, 0>(&self) } }
    }

    /// A tile whose first or last column is padding.
    ///
    /// # Safety
    /// As of [`convolve_row`](Self::convolve_row).
    unsafe fn convolve_cut(self, stride: usize, [is_left_cut, is_right_cut]: [bool; 2]) {
        let tile = Self { columns: u32::from(!is_left_cut) << 31 | u32::from(!is_right_cut) << 30, ..self };
        // SAFETY: the caller's.
        unsafe { if stride == 1 { convolve::<1, 1>(&tile) } else { convolve::<2, 1>(&tile) } }
    }
}

/// Two channels of the word at a place, as int16 halves in r2.
macro_rules! value {
    ($place:literal, $rotation:literal) => {
        value!("", $place, $rotation)
    };
    ($condition:literal, $place:literal, $rotation:literal) => {
        concat!("ldr", $condition, " r2, ", $place, "\nsxtb16", $condition, " r2, r2", $rotation, "\n")
    };
}

/// Adds a value's products with a tap's weights to the sums of a position's two channels.
macro_rules! products {
    (0, $weights:literal) => {
        products!("", "r7", "r8", $weights)
    };
    (1, $weights:literal) => {
        products!("", "r9", "r10", $weights)
    };
    (2, $weights:literal) => {
        products!("", "r11", "r12", $weights)
    };
    ($condition:literal, $first:literal, $second:literal, $weights:literal) => {
        concat!(
            "smlabb", $condition, " ", $first, ", r2, ", $weights, ", ", $first, "\n", "smlatt", $condition,
            " ", $second, ", r2, ", $weights, ", ", $second, "\n",
        )
    };
}

/// A row of the kernels of three positions: the input is at r0 and r6 leads to the next column, r3 to r5 are the taps'
/// weights. The first column and the last one are those that may be cut; what is at the stack's 40 says whether they
/// are.
macro_rules! row {
    ($rotation:literal) => {
        concat!(
            ".if {cut}\n",
            "ldr r2, [sp, #40]\n",
            "lsls r2, #1\n",
            "itttt cs\n",
            value!("cs", "[r0]", $rotation),
            products!("cs", "r7", "r8", "r3"),
            ".else\n",
            value!("[r0]", $rotation),
            products!(0, "r3"),
            ".endif\n",
            value!("[r0, r6]", $rotation),
            products!(0, "r4"),
            ".if {stride} == 1\n",
            products!(1, "r3"),
            ".endif\n",
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            products!(0, "r5"),
            ".if {stride} == 1\n",
            products!(1, "r4"),
            products!(2, "r3"),
            value!("[r0, r6]", $rotation),
            products!(1, "r5"),
            products!(2, "r4"),
            ".else\n",
            products!(1, "r3"),
            value!("[r0, r6]", $rotation),
            products!(1, "r4"),
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            products!(1, "r5"),
            products!(2, "r3"),
            value!("[r0, r6]", $rotation),
            products!(2, "r4"),
            ".endif\n",
            ".if {cut}\n",
            "itttt mi\n",
            value!("mi", "[r0, r6, lsl #1]", $rotation),
            products!("mi", "r11", "r12", "r5"),
            ".else\n",
            value!("[r0, r6, lsl #1]", $rotation),
            products!(2, "r5"),
            ".endif\n",
        )
    };
}

/// The sums of two channels that are two apart: what rotates their values into place, where their biases lie, and what
/// leads to their weights. Then r0 is the first factor and r1 the output.
#[rustfmt::skip]
macro_rules! sums_of_two_channels {
    ($rotation:literal, $first_bias:literal, $to_weights:literal) => {
        concat!(
            "ldr r0, [sp, #20]\n",
            "ldr r7, [r0, #0 + ", $first_bias, "]\n",
            "ldr r8, [r0, #8 + ", $first_bias, "]\n",
            "ldr r9, [r0, #16 + ", $first_bias, "]\n",
            "ldr r10, [r0, #24 + ", $first_bias, "]\n",
            "ldr r11, [r0, #32 + ", $first_bias, "]\n",
            "ldr r12, [r0, #40 + ", $first_bias, "]\n",
            "ldm sp, {{r0, r1, lr}}\n",
            $to_weights,
            "3:\n",
            "ldm r1!, {{r3, r4, r5}}\n",
            row!($rotation),
            "ldr r2, [sp, #12]\n",
            "add r0, r2\n",
            "subs lr, #1\n",
            "bne 3b\n",
            "ldr r0, [sp, #24]\n",
            "ldr r1, [sp, #16]\n",
        )
    };
}

/// Tiles `STRIDE` columns apart, 1 or 2, whole or, where `CUT` is 1, with columns that padding may cut.
///
/// The sums of two channels are in r7 and r8, r9 and r10, r11 and r12 for the three positions; r0 is the input, r1 the
/// weights, r6 the number of channels and lr the rows left. The other two channels follow.
///
/// # Safety
/// As of [`Tile::convolve_row`], with `left` tiles, at least one.
#[inline(never)]
unsafe fn convolve<const STRIDE: usize, const CUT: usize>(tiles: &Tile) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "ldm r0, {{r0-r11}}",
            "push {{r0-r10}}",
            "mov r6, r11",
            "2:", // for each tile: the first and the third channel, then the second and the fourth
            sums_of_two_channels!("", "0", ""),
            values_of_one_channel!("r7", "r9", "r11"),
            "add r0, #2 * {factor}",
            "add r1, #2",
            values_of_one_channel!("r8", "r10", "r12"),
            sums_of_two_channels!(", ror #8", "4", "add r1, #{odds}\n"),
            "add r0, #{factor}",
            "add r1, #1",
            values_of_one_channel!("r7", "r9", "r11"),
            "add r0, #2 * {factor}",
            "add r1, #2",
            values_of_one_channel!("r8", "r10", "r12"),
            "ldrd r2, r3, [sp, #32]",
            "ldr r0, [sp]",
            "ldr r1, [sp, #16]",
            "add r0, r2",
            "add r1, r3",
            "str r0, [sp]",
            "str r1, [sp, #16]",
            "ldr r0, [sp, #28]",
            "subs r0, #1",
            "str r0, [sp, #28]",
            "bne.w 2b",
            "add sp, #44",
            "pop {{r4-r11}}",
            stride = const STRIDE,
            cut = const CUT,
            factor = const size_of::<Factor>(),
            odds = const size_of::<[[u32; COLUMNS]; MAX_ROWS]>(),
            inout("r0") tiles => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
