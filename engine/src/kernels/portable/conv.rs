//! Convolution. The patches of some positions are widened and laid out side by side; two channels are computed at four
//! positions together, so that six values are loaded for eight products. Where two positions or fewer are left, as in
//! rows that are so narrow, it is four channels.

use core::array::from_fn;

use bytemuck::Pod;

use crate::blob::{Channel, Clamp, Filter, Window};
#[cfg(vectors)]
use crate::kernels::factor::{MAX_SUMMANDS, is_exceptional};
use crate::kernels::im2col::{Im2col, Patch};
use crate::kernels::plain::requantise::requantise;
use crate::kernels::{Input, Output, plain};

/// The positions of a wide tile and of a narrow one, and the channels of the other.
const WIDE: usize = 4;
const NARROW: usize = 2;

/// The least values from one patch to the next, so that a vector of a short patch can be loaded.
const LEAST_PITCH: usize = 16;

/// Two channels at four positions.
pub(in crate::kernels) type WideTile<'a, V> = Tile<'a, V, NARROW, WIDE>;
/// Four channels at two positions.
pub(in crate::kernels) type NarrowTile<'a, V> = Tile<'a, V, WIDE, NARROW>;

/// What some channels at some positions are computed from. The values of patches are as wide as an instruction set
/// wants them.
pub(in crate::kernels) struct Tile<'a, V, const CHANNELS: usize, const POSITIONS: usize> {
    /// The channels' weights.
    pub(in crate::kernels) kernels: [&'a [i8]; CHANNELS],
    pub(in crate::kernels) channels: [Channel; CHANNELS],
    /// The positions' patches, as long as the kernels, or longer where that is less than [`LEAST_PITCH`]: anything.
    pub(in crate::kernels) patches: [&'a [V]; POSITIONS],
    /// Of the output.
    pub(in crate::kernels) zero_point: i8,
    pub(in crate::kernels) clamp: Clamp,
}

/// A tile's values, channels innermost.
pub(in crate::kernels) type Values<const CHANNELS: usize, const POSITIONS: usize> =
    [[i8; CHANNELS]; POSITIONS];

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// Without [`conv2d_scratch_bytes`](crate::kernels::conv2d_scratch_bytes) of `scratch` memory it is as slow.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>, scratch: &mut [i8]) {
    conv2d_by(
        input,
        output,
        window,
        filter,
        scratch,
        (|tile: &WideTile<'_, i16>| tile.compute(), |tile| tile.compute()),
    );
}

/// [`conv2d`] whose tiles an instruction set computes.
#[inline(always)]
pub(in crate::kernels) fn conv2d_by<V: Pod + From<i8>>(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    scratch: &mut [i8],
    (compute_wide, compute_narrow): (
        impl Fn(&WideTile<'_, V>) -> Values<NARROW, WIDE>,
        impl Fn(&NarrowTile<'_, V>) -> Values<WIDE, NARROW>,
    ),
) {
    let im2col = Im2col::new(input, output.tensor, window);
    let kernel_size = im2col.kernel_size();
    let pitch = kernel_size.max(LEAST_PITCH);
    let channels = usize::from(output.tensor.channels);
    let has_lengths = filter.shifts.len() == channels
        && filter.weights.len() == channels.saturating_mul(kernel_size)
        && output.data.len() == output.tensor.len();
    let patches = bytemuck::pod_align_to_mut::<i8, V>(scratch).1;
    let patches = patches.get_mut(..pitch.saturating_mul(WIDE));
    let (Some(patches), true) = (patches.filter(|_| kernel_size > 0), has_lengths) else {
        return plain::conv2d(input, output, window, filter);
    };
    let last = (output.data.len() / channels.max(1)).saturating_sub(1);
    let zero_point = output.tensor.zero_point;
    for (start, values) in
        (0..).step_by(WIDE).zip(output.data.chunks_mut(WIDE.saturating_mul(channels).max(1)))
    {
        let is_narrow = last.saturating_sub(start) < NARROW;
        let positions = start..start.saturating_add(if is_narrow { NARROW } else { WIDE });
        for (position, place) in positions.zip(patches.chunks_exact_mut(pitch)) {
            // Where fewer positions are left than are computed together, the last one is computed several times.
            lay_out(&im2col.patch(last.min(position)), &im2col, place);
        }
        if is_narrow {
            compute_all(patches, values, zero_point, filter, &compute_narrow);
        } else {
            compute_all(patches, values, zero_point, filter, &compute_wide);
        }
    }
}

/// Widens a patch, with padding filled in.
#[inline(always)]
fn lay_out<V: Copy + From<i8>>(patch: &Patch<'_>, im2col: &Im2col<'_>, place: &mut [V]) {
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
fn compute_all<V, const CHANNELS: usize, const POSITIONS: usize>(
    patches: &[V],
    values: &mut [i8],
    zero_point: i8,
    filter: &Filter<'_>,
    compute: impl Fn(&Tile<'_, V, CHANNELS, POSITIONS>) -> Values<CHANNELS, POSITIONS>,
) {
    let count = filter.shifts.len().max(1);
    let mut of_position = patches.chunks_exact((patches.len() / WIDE).max(1));
    let patches = from_fn(|_| of_position.next().unwrap_or_default());
    let kernels = filter.weights().chunks_exact((filter.weights.len() / count).max(1));
    let mut channels = kernels.zip(filter.channels());
    for first in (0..count).step_by(CHANNELS) {
        let Some(mut last) = channels.next() else { return };
        // Where fewer channels are left than are computed together, the last one is computed several times.
        let of_tile: [_; CHANNELS] = from_fn(|index| {
            if index > 0 {
                last = channels.next().unwrap_or(last);
            }
            last
        });
        let (kernels, channels) = (of_tile.map(|(kernel, _)| kernel), of_tile.map(|(_, channel)| channel));
        let clamp = filter.clamp;
        let results = compute(&Tile { kernels, channels, patches, zero_point, clamp });
        for (values, results) in values.chunks_exact_mut(count).zip(results) {
            let places = values.get_mut(first..).unwrap_or_default();
            match places.first_chunk_mut() {
                Some(places) => *places = results,
                None => places.iter_mut().zip(results).for_each(|(place, value)| *place = value),
            }
        }
    }
}

impl<V: Copy + Into<i16>> WideTile<'_, V> {
    /// The output's values.
    #[inline(always)]
    pub(in crate::kernels) fn compute(&self) -> Values<NARROW, WIDE> {
        let [first, second] = products(self.kernels, self.patches);
        let mut sums = [[0; NARROW]; WIDE];
        for ((sums, first), second) in sums.iter_mut().zip(first).zip(second) {
            *sums = [first, second];
        }
        self.requantise(sums)
    }
}

impl<V: Copy + Into<i16>> NarrowTile<'_, V> {
    /// The output's values.
    #[inline(always)]
    pub(in crate::kernels) fn compute(&self) -> Values<WIDE, NARROW> {
        self.requantise(products(self.patches, self.kernels))
    }
}

impl<V, const CHANNELS: usize, const POSITIONS: usize> Tile<'_, V, CHANNELS, POSITIONS> {
    /// Whether no step of what [`Factor`](crate::kernels::factor::Factor) says could overflow.
    #[cfg(vectors)]
    #[inline(always)]
    pub(in crate::kernels) fn is_ordinary(&self) -> bool {
        self.kernels.iter().all(|kernel| kernel.len() <= MAX_SUMMANDS)
            && !self.channels.iter().any(is_exceptional)
    }

    /// From sums of products to values.
    #[inline(always)]
    fn requantise(&self, sums: [[i32; CHANNELS]; POSITIONS]) -> Values<CHANNELS, POSITIONS> {
        let mut values = [[0; CHANNELS]; POSITIONS];
        for (values, sums) in values.iter_mut().zip(sums) {
            for ((value, sum), Channel { bias, rescale }) in values.iter_mut().zip(sums).zip(self.channels) {
                *value = requantise(bias.wrapping_add(sum), rescale, self.zero_point, self.clamp);
            }
        }
        values
    }
}

/// Sums of the products of each of two with each of four.
#[inline(always)]
fn products<A: Copy + Into<i16>, B: Copy + Into<i16>>(
    [first, second]: [&[A]; NARROW],
    [a, b, c, d]: [&[B]; WIDE],
) -> [[i32; WIDE]; NARROW] {
    let [mut a0, mut b0, mut c0, mut d0, mut a1, mut b1, mut c1, mut d1] = [0i32; NARROW * WIDE];
    for (((((first, second), a), b), c), d) in first.iter().zip(second).zip(a).zip(b).zip(c).zip(d) {
        let add = |sum: &mut i32, one: &A, other: &B| {
            let (one, other): (i16, i16) = ((*one).into(), (*other).into());
            *sum = sum.wrapping_add(i32::from(one) * i32::from(other));
        };
        add(&mut a0, first, a);
        add(&mut b0, first, b);
        add(&mut c0, first, c);
        add(&mut d0, first, d);
        add(&mut a1, second, a);
        add(&mut b1, second, b);
        add(&mut c1, second, c);
        add(&mut d1, second, d);
    }
    [[a0, b0, c0, d0], [a1, b1, c1, d1]]
}
