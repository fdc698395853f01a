use super::multiply_accumulate::{multiply_accumulate_each, unfold_each};
use super::patch::{LANES, Patch, slide, tail};
use super::requantise::requantise;
use super::{Input, Output};
use crate::blob::{Channel, Filter, Window};

/// 2-D convolution of each channel by itself: TFLite's `DEPTHWISE_CONV_2D` with depth multiplier 1.
///
/// Each output value is the requantised `bias + sum(x * weight)` over its channel under the window,
/// where padding reads as the input's zero point.
///
/// ```
/// use prosodia::blob::{Clamp, Filter, Tensor, Window};
/// use prosodia::kernels::{Input, Output, depthwise_conv2d};
///
/// // Two positions of two channels: 1 * 1 + 3 * 2 and 10 * 0 + 20 * -1 + 5.
/// let tensor = |width| Tensor { height: 1, width, channels: 2, zero_point: 0, scale: 1.0 };
/// let window = Window { kernel: [1, 2], stride: [1, 1], padding: [0, 0] };
/// let filter = Filter {
///     weights: &[1, 0, 2, 255], // 255 is -1
///     bias: &[0, 0, 0, 0, 5, 0, 0, 0],
///     multipliers: &[0, 0, 0, 64, 0, 0, 0, 64], // 2^30
///     shifts: &[1, 1],
///     clamp: Clamp { low: -128, high: 127 },
/// };
/// let mut output = [0; 2];
/// let input = Input { tensor: tensor(2), data: &[1, 10, 3, 20] };
/// depthwise_conv2d(input, Output { tensor: tensor(1), data: &mut output }, window, &filter);
/// assert_eq!(output, [7, -15]);
/// ```
pub fn depthwise_conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    depthwise_conv2d_of(input, output, window, filter, |_| true);
}

/// [`depthwise_conv2d`] of some channels; the others' values are left as they are.
pub(in crate::kernels) fn depthwise_conv2d_of(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    is_wanted: fn(&Channel) -> bool,
) {
    let zero_point = output.tensor.zero_point;
    slide(input, output, window, |patch, values| {
        let mut channels = filter.channels();
        for (first, values) in (0..patch.channels()).step_by(LANES).zip(values.chunks_mut(LANES)) {
            if !channels.clone().take(LANES).any(|channel| is_wanted(&channel)) {
                channels.by_ref().take(LANES).for_each(drop);
                continue;
            }
            let mut sums = [0; LANES];
            for (sum, channel) in sums.iter_mut().zip(channels.clone()) {
                *sum = channel.bias;
            }
            accumulate(&mut sums, patch, filter.weights(), window, first);
            let results = values.iter_mut().zip(sums).zip(channels.by_ref());
            for ((value, sum), channel) in results.filter(|(_, channel)| is_wanted(channel)) {
                *value = requantise(sum, channel.rescale, zero_point, filter.clamp);
            }
        }
    });
}

/// Adds the products of the channels from `first` on.
fn accumulate(sums: &mut [i32], patch: &Patch<'_>, weights: &[i8], window: Window, first: usize) {
    let channels = patch.channels();
    if patch.offset() != 0 {
        for tap in weights.chunks_exact(channels) {
            unfold_each(sums, tail(tap, first), patch.offset());
        }
    }
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(channels).max(1);
    let kernel_rows = weights.chunks_exact(kernel_row).skip(patch.rows_above());
    for (row, kernel_row) in patch.rows().zip(kernel_rows) {
        let taps = kernel_row.chunks_exact(channels).skip(patch.columns_left());
        for (position, tap) in row.chunks_exact(channels).zip(taps) {
            multiply_accumulate_each(sums, tail(position, first), tail(tap, first), patch.offset());
        }
    }
}
