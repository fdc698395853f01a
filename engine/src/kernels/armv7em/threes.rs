//! Depthwise convolution with kernels that are three wide, the usual ones: three positions of two channels together, so
//! that a value is loaded and widened once for all the positions under whose kernel it lies.

use core::arch::asm;
use core::ops::Range;

use super::tap::tap_weights;
use super::tile::{COLUMNS, Group, MAX_ROWS, POSITIONS, Tile, Tiles};
use crate::blob::{Filter, Window};
use crate::kernels::cortex_m::{Run, target_cpu};
use crate::kernels::factor::Factor;
use crate::kernels::{Input, Output};

/// Whether this is for a layer: its kernel is three wide, there is a whole tile in a row, and padding cuts one column
/// at most, of a tile with a stride of 2 on one side at most.
pub(in crate::kernels) fn is_for(window: Window, columns: &[Run], width: usize) -> bool {
    let cut_columns = || columns.iter().map(|run| COLUMNS.saturating_sub(run.first.inside.len()));
    usize::from(window.kernel[1]) == COLUMNS
        && (1..=2).contains(&window.stride[1])
        && width >= POSITIONS
        && cut_columns().all(|count| count <= 1)
        && (window.stride[1] == 1 || width > POSITIONS || cut_columns().fold(0, usize::wrapping_add) <= 1)
}

/// Computes the groups of four channels that begin with these.
// Not inlined: so it does not take its stack from where the other kernel takes its own.
#[inline(never)]
pub(in crate::kernels) fn convolve_groups(
    input: Input<'_>,
    output: &mut Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    rows: &[Run],
    groups: &(impl Iterator<Item = usize> + Clone),
) {
    // Nothing wraps: what is counted here are places in slices.
    let channels = usize::from(input.tensor.channels);
    let [pitch, output_pitch] =
        [input.tensor, output.tensor].map(|tensor| channels.wrapping_mul(tensor.width.into()));
    let [height, down] = [window.kernel[0], window.stride[0]].map(usize::from);
    let mut group = Group::new();
    for rows in rows {
        let tiles = tiles(input, output, window, rows);
        let above = rows.first.before;
        let inside = above..above.wrapping_add(rows.first.inside.len());
        for first in groups.clone() {
            // SAFETY: `has_lengths` has seen that the filter has a bias, a multiplier, a shift and the kernel's weights
            // for each channel, of which `first` and those after it are four.
            unsafe { group.fill(filter, first, height.min(MAX_ROWS), output.tensor.zero_point) };
            if inside.len() < height {
                group.pad_rows(&inside, height, input.tensor.zero_point);
            }
            for line in 0..rows.count {
                let read = first.wrapping_add(line.wrapping_mul(down).wrapping_mul(pitch));
                let written = first.wrapping_add(line.wrapping_mul(output_pitch));
                for tile in &tiles {
                    // SAFETY: `list_runs` gives rows of the output and the rows under their windows, at least one;
                    // `is_for` has seen that a row is at least a tile, and that only its first and last column may
                    // lie outside the input, as the tiles know. The slices have the tensors' lengths.
                    unsafe { tile.convolve(&group, read, written) };
                }
            }
        }
    }
}

/// The tiles of the first of some rows of the output whose windows padding cuts alike, and of the first four channels.
fn tiles(input: Input<'_>, output: &mut Output<'_>, window: Window, rows: &Run) -> Tiles {
    let channels = usize::from(input.tensor.channels);
    let [right, left] = [window.stride[1], window.padding[1]].map(usize::from);
    let width = usize::from(output.tensor.width);
    let last = width.wrapping_sub(1).wrapping_mul(right).wrapping_add(COLUMNS);
    let is_cut = [left > 0, last > usize::from(input.tensor.width).wrapping_add(left)];
    let pitch = channels.wrapping_mul(input.tensor.width.into());
    let start = rows.first.inside.start.wrapping_mul(pitch).wrapping_sub(left.wrapping_mul(channels));
    let output_start = rows.start.wrapping_mul(channels).wrapping_mul(width);
    let tile = Tile {
        input: input.data.as_ptr().wrapping_add(start),
        weights: Group::place_of_row(rows.first.before),
        rows: rows.first.inside.len(),
        row_jump: pitch.wrapping_sub(channels.wrapping_mul(2 * right)),
        output: output.data.as_mut_ptr().wrapping_add(output_start),
        left: 1,
        input_step: channels.wrapping_mul(right).wrapping_mul(POSITIONS),
        output_step: channels.wrapping_mul(POSITIONS),
        padding: u32::from(i16::from(input.tensor.zero_point).cast_unsigned()) * 0x1_0001,
        channels,
        stride: right,
        is_cut: [false; 2],
        is_pair: false,
    };
    tile.cover(width, is_cut)
}

impl Group {
    /// Takes over four channels from `first` on, of a kernel of `height` rows.
    ///
    /// # Safety
    /// The filter has these channels' biases, multipliers, shifts and weights; `height` is from 1 to [`MAX_ROWS`].
    #[inline(always)]
    unsafe fn fill(&mut self, filter: &Filter<'_>, first: usize, height: usize, zero_point: i8) {
        let numbers = first.wrapping_mul(size_of::<i32>());
        // SAFETY: reads a word of each tap's weights, three taps a row, and writes as many words to both halves of
        // `weights`, which have room for `MAX_ROWS`.
        unsafe {
            asm!(
                target_cpu!(),
                "2:",
                ".rept {columns}",
                "ldr {odd}, [{tap}]",
                "add {tap}, {channels}",
                "sxtb16 {even}, {odd}",
                "sxtb16 {odd}, {odd}, ror #8",
                "str {odd}, [{place}, #{odds}]",
                "str {even}, [{place}], #4",
                ".endr",
                "subs {rows}, #1",
                "bne 2b",
                columns = const COLUMNS,
                odds = const size_of::<[[u32; COLUMNS]; MAX_ROWS]>(),
                tap = inout(reg) filter.weights.as_ptr().wrapping_add(first) => _,
                channels = in(reg) filter.shifts.len(),
                place = inout(reg) self.weights.as_mut_ptr() => _,
                rows = inout(reg) height => _,
                even = out(reg) _,
                odd = out(reg) _,
                options(nostack),
            );
        }
        // SAFETY: reads four biases, multipliers and shifts, and writes four biases and factors.
        unsafe {
            asm!(
                ".rept {lanes}",
                "ldr {number}, [{bias}], #4",
                "str {number}, [{place}], #4",
                ".endr",
                ".rept {lanes}",
                "ldr {number}, [{multiplier}], #4",
                "ldrsb {exponent}, [{shift}], #1",
                "lsl {number}, {number}, #1", // the doubled multiplier
                "mvn {exponent}, {exponent}", // e - 1
                "lsl {rounding}, {halves}, {exponent}", // half a step and the zero point
                "add {exponent}, #1",
                "strd {number}, {rounding}, [{place}], #8",
                "str {exponent}, [{place}], #4",
                ".endr",
                lanes = const super::tile::LANES,
                place = inout(reg) core::ptr::from_mut(self) => _,
                bias = inout(reg) filter.bias.as_ptr().wrapping_add(numbers) => _,
                multiplier = inout(reg) filter.multipliers.as_ptr().wrapping_add(numbers) => _,
                shift = inout(reg) filter.shifts.as_ptr().wrapping_add(first) => _,
                halves = in(reg) 2 * i32::from(zero_point) + 1,
                number = out(reg) _,
                exponent = out(reg) _,
                rounding = out(reg) _,
                options(nostack),
            );
        }
    }

    /// Adds to the bias what rows of the kernel outside the input make of padding, which reads as the zero point.
    #[inline(never)]
    fn pad_rows(&mut self, inside: &Range<usize>, height: usize, zero_point: i8) {
        let [evens, odds] = &self.weights;
        for (row, (evens, odds)) in (0..height).zip(evens.iter().zip(odds)) {
            if inside.contains(&row) {
                continue;
            }
            for (&even, &odd) in evens.iter().zip(odds) {
                for (bias, weight) in self.bias.iter_mut().zip(tap_weights([even, odd])) {
                    *bias = bias.wrapping_add(weight.wrapping_mul(zero_point.into()));
                }
            }
        }
    }
}

// What `fill` writes one behind the other lies so.
const _: () = assert!(core::mem::offset_of!(Group, factors) == 16 && size_of::<Factor>() == 12);
