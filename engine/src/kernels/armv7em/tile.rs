//! Depthwise convolution of tiles: three positions of four channels, two and then the other two.

use core::arch::asm;
use core::mem::offset_of;

use heapless::Vec;

use super::values::values_of_one_channel;
use crate::kernels::cortex_m::{MAX_KERNEL, target_cpu};
use crate::kernels::factor::Factor;

/// Channels that are computed together.
pub(super) const LANES: usize = 4;
/// Positions that are computed together, and columns of the kernel.
pub(super) const POSITIONS: usize = 3;
pub(super) const COLUMNS: usize = 3;
pub(super) const MAX_ROWS: usize = MAX_KERNEL as usize;

/// What the tiles of four channels have in common.
#[repr(C)]
pub(super) struct Group {
    /// Rows of the kernel that lie in padding included.
    pub(super) bias: [i32; LANES],
    pub(super) factors: [Factor; LANES],
    /// Of channels 0 and 2, and of channels 1 and 3: row by row of the kernel.
    pub(super) weights: [[[u32; COLUMNS]; MAX_ROWS]; 2],
}

impl Group {
    /// Of no channels.
    pub(super) fn new() -> Self {
        Self { bias: [0; LANES], factors: [Factor::default(); LANES], weights: [[[0; COLUMNS]; MAX_ROWS]; 2] }
    }

    /// Where in a group the first weight of a row is.
    pub(super) const fn place_of_row(row: usize) -> usize {
        offset_of!(Self, weights).wrapping_add(row.wrapping_mul(size_of::<[u32; COLUMNS]>()))
    }
}

/// Tiles that a kernel computes side by side: first what it reads, in the order in which it does.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Tile {
    /// The first column under the first position, which need not be there.
    pub(super) input: *const i8,
    /// Where in a group the first weight is.
    pub(super) weights: usize,
    pub(super) rows: usize,
    /// From where a row's code leaves r0 to the beginning of the next row.
    pub(super) row_jump: usize,
    pub(super) output: *mut i8,
    pub(super) left: usize,
    pub(super) input_step: usize,
    pub(super) output_step: usize,
    /// What a column that is cut reads as, of two channels: int16 halves.
    pub(super) padding: u32,
    pub(super) channels: usize,
    pub(super) stride: usize,
    /// Whether the first and the last column are padding.
    pub(super) is_cut: [bool; 2],
    /// Whether another tile computes the first position.
    pub(super) is_pair: bool,
}

/// The tiles of a row: one at each end that is cut, whole ones in between, and one that is left over.
pub(super) type Tiles = Vec<Tile, 4>;

impl Tile {
    /// The tiles of all `width` positions of a row of the output, at least [`POSITIONS`], of which this is the first.
    pub(super) fn cover(self, width: usize, [is_left_cut, is_right_cut]: [bool; 2]) -> Tiles {
        let mut tiles = Tiles::new();
        let mut add = |first: usize, left: usize, is_cut: [bool; 2]| {
            let tile = Self {
                input: self.input.wrapping_add(first.wrapping_mul(self.stride).wrapping_mul(self.channels)),
                output: self.output.wrapping_add(first.wrapping_mul(self.channels)),
                left,
                is_cut,
                // The last one of five positions.
                is_pair: width == 2 * POSITIONS - 1 && first == POSITIONS - 1,
                ..self
            };
            // There are never more than there is room for.
            tiles.push(tile).ok();
        };
        let last = width.wrapping_sub(POSITIONS);
        if last == 0 {
            add(0, 1, [is_left_cut, is_right_cut]);
            return tiles;
        }
        let begin = if is_left_cut { POSITIONS } else { 0 };
        let end = if is_right_cut { last } else { width };
        let between = end.saturating_sub(begin);
        if is_left_cut {
            add(0, 1, [true, false]);
        }
        if between >= POSITIONS {
            add(begin, between / POSITIONS, [false; 2]);
        }
        if !between.is_multiple_of(POSITIONS) {
            // It overlaps others, at the beginning of a narrow row the one at its end.
            add(end.saturating_sub(POSITIONS).max(usize::from(is_left_cut)), 1, [false; 2]);
        }
        if is_right_cut {
            add(last, 1, [false, true]);
        }
        tiles
    }

    /// Computes these tiles of four channels, so many values from where they are described.
    ///
    /// # Safety
    /// All rows and columns under the positions are readable, but for those that are cut, and all positions writable,
    /// four channels of each. With a stride of 2 one side at most is cut.
    #[inline(always)]
    pub(super) unsafe fn convolve(&self, group: &Group, read: usize, written: usize) {
        // SAFETY: the caller's.
        unsafe {
            match (self.stride, self.is_cut) {
                (1, [false, false]) => convolve::<1, 0>(self, group, read, written),
                (1, [true, false]) => convolve::<1, LEFT>(self, group, read, written),
                (1, [false, true]) if self.is_pair => {
                    convolve::<1, { RIGHT | PAIR }>(self, group, read, written);
                }
                (1, [false, true]) => convolve::<1, RIGHT>(self, group, read, written),
                (1, [true, true]) => convolve::<1, { LEFT | RIGHT }>(self, group, read, written),
                (_, [false, false]) => convolve::<2, 0>(self, group, read, written),
                (_, [true, _]) => convolve::<2, LEFT>(self, group, read, written),
                (_, [false, true]) => convolve::<2, RIGHT>(self, group, read, written),
            }
        }
    }
}

/// What of a tile padding cuts.
const LEFT: usize = 1;
const RIGHT: usize = 2;
/// The first position is left out.
const PAIR: usize = 4;

/// Two channels of the word at a place, as int16 halves in r2.
macro_rules! value {
    ($place:literal, $rotation:literal) => {
        concat!("ldr r2, ", $place, "\nsxtb16 r2, r2", $rotation, "\n")
    };
}

/// Two channels of padding.
macro_rules! padding {
    () => {
        "ldr r2, [sp, #32]\n"
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

/// A row of the kernels of three positions: the input is at r0 and r6 leads to the next column, r3 to r5 are the taps'
/// weights. The first column and the last one are those that may be cut.
macro_rules! row {
    ($rotation:literal) => {
        concat!(
            ".if ({cut} & {pair}) == 0\n",
            ".if {cut} & {left}\n",
            padding!(),
            ".else\n",
            value!("[r0]", $rotation),
            ".endif\n",
            products!(0, "r3"),
            ".endif\n",
            value!("[r0, r6]", $rotation),
            ".if ({cut} & {pair}) == 0\n",
            products!(0, "r4"),
            ".endif\n",
            ".if {stride} == 1\n",
            products!(1, "r3"),
            ".endif\n",
            "add r0, r0, r6, lsl #1\n",
            value!("[r0]", $rotation),
            ".if ({cut} & {pair}) == 0\n",
            products!(0, "r5"),
            ".endif\n",
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
            ".if {cut} & {right}\n",
            padding!(),
            ".else\n",
            value!("[r0, r6, lsl #1]", $rotation),
            ".endif\n",
            products!(2, "r5"),
        )
    };
}

/// The sums of two channels that are two apart: what rotates their values into place, where their biases lie, what
/// leads to their weights, and to the first one's factor. Then r0 is that factor and r1 the output.
#[rustfmt::skip]
macro_rules! sums_of_two_channels {
    ($rotation:literal, $first_bias:literal, $to_weights:literal, $first_factor:literal) => {
        concat!(
            "ldr r0, [sp, #36]\n",
            "ldr r7, [r0, #0 + ", $first_bias, "]\n",
            "ldr r8, [r0, #8 + ", $first_bias, "]\n",
            "mov r9, r7\n",
            "mov r10, r8\n",
            "mov r11, r7\n",
            "mov r12, r8\n",
            "ldm sp, {{r0, r1, lr}}\n",
            $to_weights,
            "3:\n",
            "ldm r1!, {{r3, r4, r5}}\n",
            row!($rotation),
            "ldr r2, [sp, #12]\n",
            "add r0, r2\n",
            "subs lr, #1\n",
            "bne 3b\n",
            "ldr r0, [sp, #36]\n",
            "ldr r1, [sp, #16]\n",
            "add r0, #{factors} + ", $first_factor, "\n",
        )
    };
}

/// Tiles `STRIDE` columns apart, 1 or 2, of which `CUT` says what padding cuts, and whether the
/// first position is left out.
///
/// The sums of two channels are in r7 and r8, r9 and r10, r11 and r12 for the three positions; r0 is the input, r1 the
/// weights, r6 the number of channels and lr the rows left. The other two channels follow.
///
/// # Safety
/// As of [`Tile::convolve`], with `left` tiles, at least one.
#[inline(never)]
unsafe fn convolve<const STRIDE: usize, const CUT: usize>(
    tiles: &Tile,
    group: &Group,
    read: usize,
    written: usize,
) {
    // SAFETY: the caller's. All registers that are changed are saved here or named as clobbered.
    unsafe {
        asm!(
            target_cpu!(),
            "push {{r4-r11}}",
            "mov r10, r1",
            "mov r11, r2",
            "mov r12, r3",
            "ldm r0, {{r0-r9}}",
            "add r0, r11",
            "add r1, r10",
            "add r4, r12",
            "push {{r0-r8, r10}}",
            "mov r6, r9",
            "2:", // for each tile: the first and the third channel, then the second and the fourth
            sums_of_two_channels!("", "0", "", "0"),
            values_of_one_channel!("r7", "r9", "r11"),
            "add r0, #2 * {factor}",
            "add r1, #2",
            values_of_one_channel!("r8", "r10", "r12"),
            sums_of_two_channels!(", ror #8", "4", "add r1, #{odds}\n", "{factor}"),
            "add r1, #1",
            values_of_one_channel!("r7", "r9", "r11"),
            "add r0, #2 * {factor}",
            "add r1, #2",
            values_of_one_channel!("r8", "r10", "r12"),
            "ldrd r2, r3, [sp, #24]",
            "ldr r0, [sp]",
            "ldr r1, [sp, #16]",
            "add r0, r2",
            "add r1, r3",
            "str r0, [sp]",
            "str r1, [sp, #16]",
            "ldr r0, [sp, #20]",
            "subs r0, #1",
            "str r0, [sp, #20]",
            "bne.w 2b",
            "add sp, #40",
            "pop {{r4-r11}}",
            stride = const STRIDE,
            cut = const CUT,
            left = const LEFT,
            right = const RIGHT,
            pair = const PAIR,
            factor = const size_of::<Factor>(),
            factors = const offset_of!(Group, factors),
            odds = const size_of::<[[u32; COLUMNS]; MAX_ROWS]>(),
            inout("r0") tiles => _,
            inout("r1") group => _,
            inout("r2") read => _,
            inout("r3") written => _,
            out("r12") _,
            out("lr") _,
        );
    }
}
