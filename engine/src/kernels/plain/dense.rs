use super::multiply_accumulate::multiply_accumulate;
use super::requantise::requantise;
use super::{Input, Output};
use crate::blob::{Channel, Filter};

/// Matrix product with the flattened input: TFLite's `FULLY_CONNECTED`, one scale for each output.
///
/// In the specification's fixed point, like every operator; TFLite's own reference kernel now
/// requantises this one operator in floating point, which is at most one step away.
///
/// ```
/// use prosodia::blob::{Clamp, Filter, Tensor};
/// use prosodia::kernels::{Input, Output, dense};
///
/// // 3 * 1 + 4 * 2 - 1, and the same twice, both halved; the second meets the upper bound.
/// let tensor = Tensor { height: 1, width: 1, channels: 2, zero_point: 0, scale: 1.0 };
/// let filter = Filter {
///     weights: &[1, 2, 2, 4],
///     bias: &[255, 255, 255, 255, 0, 0, 0, 0],
///     multipliers: &[0, 0, 0, 64, 0, 0, 0, 64], // 2^30
///     shifts: &[0, 0],
///     clamp: Clamp { low: 0, high: 9 },
/// };
/// let mut output = [0; 2];
/// dense(Input { tensor, data: &[3, 4] }, Output { tensor, data: &mut output }, &filter);
/// assert_eq!(output, [5, 9]);
/// ```
pub fn dense(input: Input<'_>, output: Output<'_>, filter: &Filter<'_>) {
    dense_of(input, output, filter, |_| true);
}

/// [`dense`] of some channels; the others' values are left as they are.
pub(in crate::kernels) fn dense_of(
    input: Input<'_>,
    output: Output<'_>,
    filter: &Filter<'_>,
    is_wanted: fn(&Channel) -> bool,
) {
    let Output { tensor, data } = output;
    let rows = filter.weights().chunks_exact(input.data.len().max(1));
    let channels = data.iter_mut().zip(rows).zip(filter.channels());
    for ((value, weights), channel) in channels.filter(|(_, channel)| is_wanted(channel)) {
        let sum = multiply_accumulate(channel.bias, input.data, weights, 0);
        *value = requantise(sum, channel.rescale, tensor.zero_point, filter.clamp);
    }
}
