use super::multiply_accumulate::{multiply_accumulate, unfold};
use super::patch::{slide, tail};
use super::requantise::requantise;
use super::{Input, Output};
use crate::blob::{Channel, Filter, Window};

/// 2-D convolution over every input channel: TFLite's `CONV_2D`.
///
/// Each output value is the requantised `bias + sum(x * weight)` over the window, where padding reads
/// as the input's zero point.
///
/// ```
/// use prosodia::blob::{Clamp, Filter, Tensor, Window};
/// use prosodia::kernels::{Input, Output, plain::conv2d};
///
/// // A row of three, a kernel of two with weights 1 and 2, factor 1/2: (1 + 4, 2 + 6) / 2.
/// let tensor = |width| Tensor { height: 1, width, channels: 1, zero_point: 0, scale: 1.0 };
/// let window = Window { kernel: [1, 2], stride: [1, 1], padding: [0, 0] };
/// let filter = Filter {
///     weights: &[1, 2],
///     bias: &0i32.to_le_bytes(),
///     multipliers: &(1i32 << 30).to_le_bytes(),
///     shifts: &[0],
///     clamp: Clamp { low: -128, high: 127 },
/// };
/// let mut output = [0; 2];
/// let input = Input { tensor: tensor(3), data: &[1, 2, 3] };
/// conv2d(input, Output { tensor: tensor(2), data: &mut output }, window, &filter);
/// assert_eq!(output, [3, 4]); // 2.5 rounds up
/// ```
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    conv2d_of(input, output, window, filter, |_| true);
}

/// [`conv2d`] of some channels; the others' values are left as they are.
pub(in crate::kernels) fn conv2d_of(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    is_wanted: fn(&Channel) -> bool,
) {
    let zero_point = output.tensor.zero_point;
    let channels = usize::from(input.tensor.channels);
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(channels).max(1);
    let kernel_size = usize::from(window.kernel[0]).saturating_mul(kernel_row).max(1);
    slide(input, output, window, |patch, values| {
        let left = patch.columns_left().saturating_mul(channels);
        let kernels = filter.weights().chunks_exact(kernel_size);
        let channels = values.iter_mut().zip(kernels).zip(filter.channels());
        for ((value, kernel), channel) in channels.filter(|(_, channel)| is_wanted(channel)) {
            let rows = kernel.chunks_exact(kernel_row).skip(patch.rows_above()).zip(patch.rows());
            let start = unfold(channel.bias, kernel, patch.offset());
            let sum = rows.fold(start, |sum, (weights, row)| {
                multiply_accumulate(sum, row, tail(weights, left), patch.offset())
            });
            *value = requantise(sum, channel.rescale, zero_point, filter.clamp);
        }
    });
}
