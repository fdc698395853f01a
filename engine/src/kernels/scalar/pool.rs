//! Pools: four channels together, as the words in which their values lie.

use core::num::NonZeroU32;
use core::ops::Range;

use crate::blob::{Clamp, Rescale, Tensor, Window};
use crate::kernels::instructions::{Maxima, Sums};
use crate::kernels::plain::requantise::{requantise, saturate};
use crate::kernels::plain::{self, Span};
use crate::kernels::{Input, Output};

/// Channels that are computed together.
const LANES: usize = 4;

/// The largest value of each channel under the window: [`plain::max_pool`], faster.
pub fn max_pool(input: Input<'_>, output: Output<'_>, window: Window, clamp: Clamp) {
    if !is_supported(input.tensor, &output) {
        return plain::max_pool(input, output, window, clamp);
    }
    slide(input, output, window, |patch, first| {
        patch.maxima(first).map(|value| saturate(value.into(), clamp))
    });
}

/// The mean of each channel under the window: [`plain::average_pool`], faster.
pub fn average_pool(input: Input<'_>, output: Output<'_>, window: Window, clamp: Clamp) {
    if !is_supported(input.tensor, &output) {
        return plain::average_pool(input, output, window, clamp);
    }
    slide(input, output, window, |patch, first| {
        patch.sums(first).map(|sum| saturate(rounded_mean(sum, patch.count), clamp))
    });
}

/// The mean of each channel over all positions: [`plain::global_average_pool`], faster.
pub fn global_average_pool(input: Input<'_>, output: Output<'_>, rescale: Rescale) {
    let Tensor { height, width, channels, zero_point, .. } = input.tensor;
    let positions = usize::from(height).saturating_mul(width.into());
    let is_whole = [input.data.len(), output.data.len()] == [input.tensor.len(), channels.into()];
    let Some(last) = usize::from(channels).checked_sub(LANES).filter(|_| is_whole) else {
        return plain::global_average_pool(input, output, rescale);
    };
    let rescale = rescale.divided_by(positions as u32);
    let offset = i32::from(zero_point).saturating_mul(positions.try_into().unwrap_or(i32::MAX));
    let patch = Patch::new(input.data, [1, positions], [0, channels.into()]);
    for first in groups(last) {
        let sums = patch.sums(first).map(|sum| sum.saturating_sub(offset));
        let values = output.data.iter_mut().skip(first);
        for (value, sum) in values.zip(sums) {
            *value = requantise(sum, rescale, output.tensor.zero_point, Clamp::NONE);
        }
    }
}

/// Whether there is a group of channels, and the output has the length that its shape says.
fn is_supported(input: Tensor, output: &Output<'_>) -> bool {
    let channels = output.tensor.channels;
    input.channels == channels && usize::from(channels) >= LANES && output.data.len() == output.tensor.len()
}

/// The first channels of all groups, the last of which overlaps the one before where the channels are no multiple.
fn groups(last: usize) -> impl Iterator<Item = usize> {
    (0..last).step_by(LANES).chain([last])
}

/// Fills every position of the output with what `reduce` makes of what lies under its window, from a first channel on.
#[inline(always)]
fn slide(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    reduce: impl Fn(&Patch<'_>, usize) -> [i8; LANES],
) {
    let Output { tensor, data } = output;
    let channels = usize::from(tensor.channels);
    let row_step = usize::from(input.tensor.width).saturating_mul(channels);
    let Window { kernel, stride, padding } = window;
    let mut positions = data.chunks_exact_mut(channels.max(1));
    for y in 0..usize::from(tensor.height) {
        let rows = Span::new(y, kernel[0], stride[0], padding[0], input.tensor.height).inside;
        for (x, values) in (0..usize::from(tensor.width)).zip(positions.by_ref()) {
            let columns = Span::new(x, kernel[1], stride[1], padding[1], input.tensor.width).inside;
            let start = rows.start.wrapping_mul(row_step).wrapping_add(columns.start.wrapping_mul(channels));
            let under = input.data.get(start..).unwrap_or_default();
            let patch = Patch::new(under, [rows.len(), columns.len()], [row_step, channels]);
            for first in groups(channels.wrapping_sub(LANES)) {
                if let Some(place) = values.get_mut(first..).and_then(<[i8]>::first_chunk_mut) {
                    *place = reduce(&patch, first);
                }
            }
        }
    }
}

/// What lies under a window, without padding.
struct Patch<'a> {
    /// From the first value on.
    values: &'a [i8],
    /// Rows and columns; none where some would lie behind the values.
    counts: [usize; 2],
    /// Values from one row to the next, and from one column to the next: so many channels there are.
    steps: [usize; 2],
    /// Positions; 1 where there are none.
    count: NonZeroU32,
}

impl<'a> Patch<'a> {
    fn new(values: &'a [i8], counts: [usize; 2], steps: [usize; 2]) -> Self {
        let [rows, columns] = counts;
        let last = |count: usize, step: usize| count.wrapping_sub(1).wrapping_mul(step);
        let extent = last(rows, steps[0]).wrapping_add(last(columns, steps[1])).wrapping_add(steps[1]);
        let is_inside = rows > 0 && columns > 0 && extent <= values.len();
        let count = u32::try_from(rows.wrapping_mul(columns)).ok().and_then(NonZeroU32::new);
        Self {
            values,
            counts: if is_inside { counts } else { [0; 2] },
            steps,
            count: count.unwrap_or(NonZeroU32::MIN),
        }
    }

    /// Takes [`LANES`] channels of each position of some rows and columns.
    #[inline(always)]
    fn fold<T>(
        &self,
        first: usize,
        [rows, columns]: [Range<usize>; 2],
        start: T,
        take: impl Fn(T, [u8; LANES]) -> T,
    ) -> T {
        let mut state = start;
        let [down, right] = self.steps;
        let place = rows.start.wrapping_mul(down).wrapping_add(columns.start.wrapping_mul(right));
        let mut row = self.values.as_ptr().wrapping_add(place.wrapping_add(first));
        for _ in rows {
            let mut place = row;
            for _ in columns.clone() {
                // SAFETY: `new` has seen that all channels of the last row's last column are in `values`.
                let four = unsafe { place.cast::<[u8; LANES]>().read_unaligned() };
                state = take(state, four);
                place = place.wrapping_add(right);
            }
            row = row.wrapping_add(down);
        }
        state
    }

    /// The largest values of [`LANES`] channels.
    #[inline(always)]
    fn maxima(&self, first: usize) -> [i8; LANES] {
        self.fold(first, self.counts.map(|count| 0..count), Maxima::LEAST, Maxima::take).each()
    }

    /// The sums of [`LANES`] channels.
    #[inline(always)]
    fn sums(&self, first: usize) -> [i32; LANES] {
        let [rows, columns] = self.counts;
        if rows.wrapping_mul(columns) <= Sums::MOST {
            return self.fold(first, [0..rows, 0..columns], Sums::default(), Sums::add).each();
        }
        let mut sums = [0i32; LANES];
        for row in 0..rows {
            for start in (0..columns).step_by(Sums::MOST) {
                let some = start..columns.min(start.wrapping_add(Sums::MOST));
                let some =
                    self.fold(first, [row..row.wrapping_add(1), some], Sums::default(), Sums::add).each();
                sums.iter_mut().zip(some).for_each(|(sum, some)| *sum = sum.wrapping_add(some));
            }
        }
        sums
    }
}

/// Rounds half away from zero.
fn rounded_mean(sum: i32, count: NonZeroU32) -> i32 {
    let magnitude = (sum.unsigned_abs().wrapping_add(count.get() / 2) / count).cast_signed();
    if sum < 0 { magnitude.wrapping_neg() } else { magnitude }
}
