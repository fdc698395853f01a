//! Convolution. The patches of some positions are widened and laid out side by side; two channels are computed at four
//! positions together, so that six values are loaded for eight products.

use crate::blob::{Channel, Clamp, Filter, Window};
use crate::kernels::im2col::{Im2col, Patch};
use crate::kernels::plain::requantise::requantise;
use crate::kernels::{Input, Output, plain};

/// Positions that are computed together.
pub(in crate::kernels) const POSITIONS: usize = 4;
/// Channels that are computed together.
const CHANNELS: usize = 2;

/// What [`CHANNELS`] channels at [`POSITIONS`] positions are computed from.
pub(in crate::kernels) struct Tile<'a> {
    /// The channels' weights.
    pub(in crate::kernels) kernels: [&'a [i8]; CHANNELS],
    pub(in crate::kernels) channels: [Channel; CHANNELS],
    /// The positions' patches, as long as the kernels.
    pub(in crate::kernels) patches: [&'a [i16]; POSITIONS],
    /// Of the output.
    pub(in crate::kernels) zero_point: i8,
    pub(in crate::kernels) clamp: Clamp,
}

/// By channel and position.
pub(in crate::kernels) type Values<T> = [[T; POSITIONS]; CHANNELS];

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// Without [`conv2d_scratch_bytes`](crate::kernels::conv2d_scratch_bytes) of `scratch` memory it is as slow.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    conv2d_by(input, output, window, filter, scratch, |tile| tile.compute());
}

/// [`conv2d`] whose tiles an instruction set computes.
#[inline(always)]
pub(in crate::kernels) fn conv2d_by(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    scratch: &mut [i8],
    compute: impl Fn(&Tile<'_>) -> Values<i8>,
) {
    let im2col = Im2col::new(input, output.tensor, window);
    let kernel_size = im2col.kernel_size();
    let channels = usize::from(output.tensor.channels);
    let has_lengths = filter.shifts.len() == channels
        && filter.weights.len() == channels.saturating_mul(kernel_size)
        && output.data.len() == output.tensor.len();
    let patches = bytemuck::pod_align_to_mut::<i8, i16>(scratch).1;
    let patches = patches.get_mut(..kernel_size.saturating_mul(POSITIONS));
    let (Some(patches), true) = (patches.filter(|patches| !patches.is_empty()), has_lengths) else {
        return plain::conv2d(input, output, window, filter);
    };
    let last = (output.data.len() / channels.max(1)).saturating_sub(1);
    let starts = (0..).step_by(POSITIONS);
    for (start, values) in starts.zip(output.data.chunks_mut(POSITIONS.saturating_mul(channels).max(1))) {
        for (position, place) in (start..).zip(patches.chunks_exact_mut(kernel_size.max(1))) {
            // Where fewer positions are left than are computed together, the last one is computed several times.
            lay_out(&im2col.patch(last.min(position)), &im2col, place);
        }
        compute_all(patches, values, output.tensor.zero_point, filter, &compute);
    }
}

/// Widens a patch, with padding filled in.
#[inline(always)]
fn lay_out(patch: &Patch<'_>, im2col: &Im2col<'_>, place: &mut [i16]) {
    if !patch.is_whole {
        place.fill(im2col.zero_point.into());
    }
    let rows = place.get_mut(patch.start..).unwrap_or_default().chunks_mut(im2col.kernel_row().max(1));
    let values = patch.values.chunks(patch.pitch.max(1));
    for (row, values) in rows.zip(values).take(patch.rows) {
        if let (Some(row), Some(values)) = (row.get_mut(..patch.len), values.get(..patch.len)) {
            row.iter_mut().zip(values).for_each(|(wide, &value)| *wide = value.into());
        }
    }
}

/// All channels of the positions whose patches are laid out, as many as there are values for.
#[inline(always)]
fn compute_all(
    patches: &[i16],
    values: &mut [i8],
    zero_point: i8,
    filter: &Filter<'_>,
    compute: impl Fn(&Tile<'_>) -> Values<i8>,
) {
    let kernel_size = patches.len() / POSITIONS;
    let mut of_position = patches.chunks_exact(kernel_size.max(1));
    let patches = [(); POSITIONS].map(|()| of_position.next().unwrap_or_default());
    let mut channels = filter.weights().chunks_exact(kernel_size.max(1)).zip(filter.channels());
    for first in (0..filter.shifts.len()).step_by(CHANNELS) {
        // Where an odd channel is left, it is computed twice.
        let Some((kernel, channel)) = channels.next() else { return };
        let (second_kernel, second) = channels.next().unwrap_or((kernel, channel));
        let (kernels, channels) = ([kernel, second_kernel], [channel, second]);
        let results = compute(&Tile { kernels, channels, patches, zero_point, clamp: filter.clamp });
        for (index, values) in values.chunks_exact_mut(filter.shifts.len().max(1)).enumerate() {
            let places = values.iter_mut().skip(first);
            for (value, results) in places.zip(&results) {
                *value = results.get(index).copied().unwrap_or_default();
            }
        }
    }
}

impl Tile<'_> {
    /// The output's values.
    #[inline(always)]
    pub(in crate::kernels) fn compute(&self) -> Values<i8> {
        self.requantise(self.products())
    }

    /// Sums of the products of each kernel with each patch.
    #[inline(always)]
    pub(in crate::kernels) fn products(&self) -> Values<i32> {
        let ([first, second], [a, b, c, d]) = (self.kernels, self.patches);
        let mut sums = Values::default();
        let [[a0, b0, c0, d0], [a1, b1, c1, d1]] = &mut sums;
        for (((((first, second), a), b), c), d) in first.iter().zip(second).zip(a).zip(b).zip(c).zip(d) {
            let add = |sum: &mut i32, value: &i16, weight: &i8| {
                *sum = sum.wrapping_add(i32::from(*value) * i32::from(i16::from(*weight)));
            };
            add(a0, a, first);
            add(b0, b, first);
            add(c0, c, first);
            add(d0, d, first);
            add(a1, a, second);
            add(b1, b, second);
            add(c1, c, second);
            add(d1, d, second);
        }
        sums
    }

    /// From sums of products to values.
    #[inline(always)]
    pub(in crate::kernels) fn requantise(&self, sums: Values<i32>) -> Values<i8> {
        let mut values = Values::default();
        for ((values, sums), Channel { bias, rescale }) in values.iter_mut().zip(sums).zip(self.channels) {
            *values =
                sums.map(|sum| requantise(bias.wrapping_add(sum), rescale, self.zero_point, self.clamp));
        }
        values
    }
}
