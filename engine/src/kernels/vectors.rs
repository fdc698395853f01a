//! What the kernels for hosts with vectors of any length have in common.

use super::{AddRescale, Input, Output, plain, tail};
use crate::blob::{Clamp, Rescale};

/// Sum of two tensors of one shape by `add_vectors`, which takes whole vectors of `lanes` values; what is left of them,
/// and what could overflow, goes to [`plain::add`].
pub(super) fn add_by(
    [input, other]: [Input<'_>; 2],
    output: Output<'_>,
    (rescale, clamp): (AddRescale, Clamp),
    lanes: usize,
    add_vectors: impl FnOnce([Input<'_>; 2], Output<'_>),
) {
    let Output { tensor, data } = output;
    let is_supported = [rescale.input, rescale.other].into_iter().all(|rescale| is_in_bounds(rescale, 0))
        && is_in_bounds(rescale.output, -1)
        && [input.data.len(), other.data.len()] == [data.len(); 2];
    let done = if is_supported { data.len() / lanes * lanes } else { 0 };
    let (sums, rest) = data.split_at_mut(done);
    if done > 0 {
        add_vectors([input, other], Output { tensor, data: sums });
    }
    plain::add(tail(input, done), tail(other, done), Output { tensor, data: rest }, rescale, clamp);
}

/// Whether no step can overflow: shifted inputs are below 2^28 and their sum is below 2^29.
fn is_in_bounds(rescale: Rescale, highest_shift: i8) -> bool {
    rescale.multiplier >= 1 << 30 && (-22..=highest_shift).contains(&rescale.shift)
}
