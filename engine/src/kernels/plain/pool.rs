use super::patch::{LANES, slide, tail};
use super::requantise::{requantise, saturate};
use super::{Input, Output};
use crate::blob::{Clamp, Rescale, Window};

/// The largest value of each channel under the window, padding left out: TFLite's `MAX_POOL_2D`.
///
/// ```
/// use prosodia::blob::{Clamp, Tensor, Window};
/// use prosodia::kernels::{Input, Output, max_pool};
///
/// let tensor = |width| Tensor { height: 1, width, channels: 1, zero_point: 0, scale: 1.0 };
/// let window = Window { kernel: [1, 2], stride: [1, 2], padding: [0, 0] };
/// let mut output = [0; 3];
/// let input = Input { tensor: tensor(5), data: &[-7, -9, 3, 5, 127] };
/// let clamp = Clamp { low: -5, high: 100 };
/// max_pool(input, Output { tensor: tensor(3), data: &mut output }, window, clamp);
/// assert_eq!(output, [-5, 5, 100]);
/// ```
pub fn max_pool(input: Input<'_>, output: Output<'_>, window: Window, clamp: Clamp) {
    slide(input, output, window, |patch, values| {
        values.fill(i8::MIN);
        for row in patch.rows() {
            take_larger(values, row.chunks_exact(patch.channels()));
        }
        for value in values {
            *value = saturate((*value).into(), clamp);
        }
    });
}

/// The mean of each channel under the window, padding left out and not counted, rounded half away
/// from zero: TFLite's `AVERAGE_POOL_2D`.
///
/// ```
/// use prosodia::blob::{Clamp, Tensor, Window};
/// use prosodia::kernels::{Input, Output, average_pool};
///
/// let tensor = |width| Tensor { height: 1, width, channels: 1, zero_point: 0, scale: 1.0 };
/// let window = Window { kernel: [1, 2], stride: [1, 2], padding: [0, 0] };
/// let mut output = [0; 3];
/// let input = Input { tensor: tensor(5), data: &[1, 2, -1, -2, 9] };
/// let clamp = Clamp { low: -128, high: 127 };
/// average_pool(input, Output { tensor: tensor(3), data: &mut output }, window, clamp);
/// assert_eq!(output, [2, -2, 9]);
/// ```
pub fn average_pool(input: Input<'_>, output: Output<'_>, window: Window, clamp: Clamp) {
    slide(input, output, window, |patch, values| {
        let count = i32::try_from(patch.position_count()).unwrap_or(i32::MAX);
        for (first, values) in (0..patch.channels()).step_by(LANES).zip(values.chunks_mut(LANES)) {
            let sums = sum_each(patch.rows(), patch.channels(), first);
            for (value, sum) in values.iter_mut().zip(sums) {
                *value = saturate(rounded_mean(sum, count), clamp);
            }
        }
    });
}

/// The mean of each channel over all positions, requantised: TFLite's `MEAN` over height and width,
/// which takes its `1 / positions` into the multiplier.
///
/// ```
/// use prosodia::blob::{Rescale, Tensor};
/// use prosodia::kernels::{Input, Output, global_average_pool};
///
/// // Zero point 10: the mean of -9, -8 and -10 is -9, doubled, then moved to zero point 1.
/// let input = Tensor { height: 3, width: 1, channels: 1, zero_point: 10, scale: 1.0 };
/// let output = Tensor { height: 1, zero_point: 1, scale: 0.5, ..input };
/// let mut mean = [0];
/// global_average_pool(
///     Input { tensor: input, data: &[1, 2, 0] },
///     Output { tensor: output, data: &mut mean },
///     Rescale::from_real(2.0),
/// );
/// assert_eq!(mean, [-17]);
/// ```
pub fn global_average_pool(input: Input<'_>, output: Output<'_>, rescale: Rescale) {
    let Output { tensor, data } = output;
    let channels = usize::from(input.tensor.channels);
    let positions = u32::from(input.tensor.height).saturating_mul(input.tensor.width.into());
    let rescale = rescale.divided_by(positions);
    let offset = i32::from(input.tensor.zero_point).saturating_mul(positions.try_into().unwrap_or(i32::MAX));
    for (first, values) in (0..channels).step_by(LANES).zip(data.chunks_mut(LANES)) {
        let sums = sum_each(core::iter::once(input.data), channels, first);
        for (value, sum) in values.iter_mut().zip(sums) {
            let sum = sum.saturating_sub(offset);
            *value = requantise(sum, rescale, tensor.zero_point, Clamp::NONE);
        }
    }
}

/// Raises each value to the largest of its channel.
fn take_larger<'a>(values: &mut [i8], positions: impl Iterator<Item = &'a [i8]>) {
    for position in positions {
        for (value, &candidate) in values.iter_mut().zip(position) {
            *value = candidate.max(*value);
        }
    }
}

/// Sums of [`LANES`] channels from `first` on. They wrap, which takes a tensor of 2^24 positions.
fn sum_each<'a>(rows: impl Iterator<Item = &'a [i8]>, channels: usize, first: usize) -> [i32; LANES] {
    let mut sums = [0i32; LANES];
    for row in rows {
        for position in row.chunks_exact(channels.max(1)) {
            for (sum, &value) in sums.iter_mut().zip(tail(position, first)) {
                *sum = sum.wrapping_add(value.into());
            }
        }
    }
    sums
}

/// Rounds half away from zero; the mean of nothing is 0.
fn rounded_mean(sum: i32, count: i32) -> i32 {
    let half = if sum > 0 { count / 2 } else { -(count / 2) };
    sum.saturating_add(half).checked_div(count).unwrap_or(0)
}
