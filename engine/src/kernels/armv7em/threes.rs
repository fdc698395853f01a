//! Depthwise convolution with kernels that are three wide, the usual ones: three positions of two channels together, so
//! that a value is loaded and widened once for all the positions under whose kernel it lies.

use core::ops::Range;

use super::tap::{Tap, add_taps, tap_weights, widen_tap};
use super::tile::{COLUMNS, LANES, MAX_ROWS, POSITIONS, Tile};
use crate::blob::{Channel, Filter, Window};
use crate::kernels::cortex_m::Run;
use crate::kernels::factor::Factor;
use crate::kernels::{Input, Output};

/// Whether this is for a layer: its kernel is three wide, there is a whole tile in a row, and padding cuts one column
/// at most.
pub(in crate::kernels) fn is_for(window: Window, columns: &[Run], width: usize) -> bool {
    usize::from(window.kernel[1]) == COLUMNS
        && (1..=2).contains(&window.stride[1])
        && width >= POSITIONS
        && columns.iter().all(|run| run.first.inside.len() >= COLUMNS - 1)
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
    groups: impl Iterator<Item = usize>,
) {
    let mut group = Group::new();
    for first in groups {
        group.fill(filter, first, output.tensor.zero_point);
        rows.iter().for_each(|rows| group.convolve_rows(input, output, window, rows, first));
    }
}

/// What the tiles of four channels have in common.
#[repr(C)]
struct Group {
    factors: [Factor; LANES],
    /// Of channels 0 and 2, and of channels 1 and 3: row by row of the kernel.
    weights: [[[u32; COLUMNS]; MAX_ROWS]; 2],
    bias: [i32; LANES],
    /// Of each position at which a tile may begin. Padding reads as the zero point: it cuts the first position of a row
    /// on the left and the last one on the right, whether there are three or more.
    biases: [[i32; LANES]; 5],
}

impl Group {
    /// Of no channels.
    fn new() -> Self {
        Self {
            factors: [Factor::default(); LANES],
            weights: [[[0; COLUMNS]; MAX_ROWS]; 2],
            bias: [0; LANES],
            biases: [[0; LANES]; 5],
        }
    }

    /// Takes over four channels from `first` on.
    fn fill(&mut self, filter: &Filter<'_>, first: usize, zero_point: i8) {
        let parameters = self.bias.iter_mut().zip(&mut self.factors);
        for ((bias, factor), Channel { bias: b, rescale }) in parameters.zip(filter.channels().skip(first)) {
            *bias = b;
            *factor = Factor::new(rescale, zero_point);
        }
        let taps = filter.weights.chunks_exact(filter.shifts.len().max(1));
        let [evens, odds] = &mut self.weights;
        let places = evens.as_flattened_mut().iter_mut().zip(odds.as_flattened_mut());
        for ((even, odd), tap) in places.zip(taps) {
            let Some(&narrow) = tap.get(first..).and_then(<[u8]>::first_chunk) else { break };
            [*even, *odd] = widen_tap(narrow);
        }
    }

    /// A column of the kernel, its weights added up over some of its rows.
    #[inline(never)]
    fn column(&self, rows: Range<usize>, column: usize) -> Tap {
        let [evens, odds] =
            self.weights.each_ref().map(|weights| weights.get(rows.clone()).unwrap_or_default());
        evens.iter().zip(odds).fold(Tap::default(), |sums, (even, odd)| {
            match (even.get(column), odd.get(column)) {
                (Some(&even), Some(&odd)) => add_taps(sums, [even, odd]),
                _ => sums,
            }
        })
    }

    /// Computes rows of the output whose windows padding cuts alike.
    fn convolve_rows(
        &mut self,
        input: Input<'_>,
        output: &mut Output<'_>,
        window: Window,
        rows: &Run,
        first: usize,
    ) {
        // Nothing wraps: what is counted here are places in slices.
        let channels = usize::from(input.tensor.channels);
        let [pitch, output_pitch] =
            [input.tensor, output.tensor].map(|tensor| channels.wrapping_mul(tensor.width.into()));
        let [down, right] = window.stride.map(usize::from);
        let left = usize::from(window.padding[1]);
        let width = usize::from(output.tensor.width);
        let last = width.wrapping_sub(1).wrapping_mul(right).wrapping_add(COLUMNS);
        let is_cut = [left > 0, last > usize::from(input.tensor.width).wrapping_add(left)];
        self.set_biases(window, rows, is_cut, input.tensor.zero_point, width == POSITIONS);
        let taps = rows.first.before.wrapping_mul(COLUMNS);
        let start = rows.first.inside.start.wrapping_mul(pitch).wrapping_add(first);
        let input = input.data.as_ptr().wrapping_add(start);
        let output_start = rows.start.wrapping_mul(output_pitch).wrapping_add(first);
        let tile = Tile {
            input: input.wrapping_sub(left.wrapping_mul(channels)),
            weights: self.weights.as_ptr().cast::<u32>().wrapping_add(taps),
            rows: rows.first.inside.len(),
            row_jump: pitch.wrapping_sub(channels.wrapping_mul(2 * right)),
            output: output.data.as_mut_ptr().wrapping_add(output_start),
            bias: self.biases.as_ptr(),
            factors: self.factors.as_ptr(),
            left: 1,
            input_step: channels.wrapping_mul(right).wrapping_mul(POSITIONS),
            output_step: channels.wrapping_mul(POSITIONS),
            columns: 0,
            channels,
        };
        for line in 0..rows.count {
            let row = Tile {
                input: tile.input.wrapping_add(line.wrapping_mul(down).wrapping_mul(pitch)),
                output: tile.output.wrapping_add(line.wrapping_mul(output_pitch)),
                ..tile
            };
            // SAFETY: `list_runs` gives rows of the output and the rows under their windows, at least one; `is_for` has
            // seen that `width` positions are at least a tile, and that only the first and the last column may lie outside
            // the input, as `is_cut` says. The slices have the tensors' lengths. `first` and those after it are four
            // channels.
            unsafe { row.convolve_row(right, width, is_cut) };
        }
    }

    /// The biases of positions with so many rows of padding, whose first and last one padding may cut, and may both be
    /// in a single tile.
    fn set_biases(&mut self, window: Window, rows: &Run, is_cut: [bool; 2], zero_point: i8, is_single: bool) {
        let height = usize::from(window.kernel[0]);
        let inside = rows.first.before..rows.first.before.wrapping_add(rows.first.inside.len());
        let add = |bias: &mut [i32; LANES], tap: Tap| {
            for (bias, weight) in bias.iter_mut().zip(tap_weights(tap)) {
                *bias = bias.wrapping_add(weight.wrapping_mul(zero_point.into()));
            }
        };
        let mut whole = self.bias;
        if inside.len() < height {
            for column in 0..COLUMNS {
                add(&mut whole, self.column(0..inside.start, column));
                add(&mut whole, self.column(inside.end..height, column));
            }
        }
        let [mut left, mut right] = [whole; 2];
        if is_cut[0] {
            add(&mut left, self.column(inside.clone(), 0));
        }
        if is_cut[1] {
            add(&mut right, self.column(inside, COLUMNS - 1));
        }
        self.biases = [left, whole, if is_single { right } else { whole }, whole, right];
    }
}
