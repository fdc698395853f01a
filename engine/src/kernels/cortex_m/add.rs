use super::clamp_all;
use crate::blob::{Clamp, Rescale};
use crate::kernels::backend::add_rounds;
use crate::kernels::factor::Factor;
use crate::kernels::{AddRescale, Input, Output, plain, tail};

/// Values that are added in one round.
pub(in crate::kernels) const ROUND: usize = 4;

/// Sum of two tensors of one shape: [`plain::add`], faster where one input's factor is exactly a half, as that of
/// the larger scale is.
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    // Which one comes first makes no difference.
    let (halved, scaled, factor) =
        if is_half(rescale.input) { (input, other, rescale.other) } else { (other, input, rescale.input) };
    // A half has no factor of its own. This one, 2^-32 less, makes the same of every shifted input.
    let factor = if is_half(factor) { Rescale { multiplier: i32::MAX, shift: -1 } } else { factor };
    let is_supported = [rescale.input, rescale.other].into_iter().any(is_half)
        && [factor, rescale.output].into_iter().all(is_factor)
        && [input.data.len(), other.data.len()] == [data.len(); 2];
    let rounds = if is_supported { data.len() / ROUND } else { 0 };
    if rounds > 0 {
        let job = Job {
            halved: halved.data.as_ptr(),
            scaled: scaled.data.as_ptr(),
            output: data.as_mut_ptr(),
            halved_zero: i32::from(halved.tensor.zero_point) << 19,
            scaled_zero: i32::from(scaled.tensor.zero_point) << 20,
            factor: Factor::new(factor, 0),
            output_factor: Factor::new(rescale.output, tensor.zero_point),
            rounds,
        };
        // SAFETY: `job` points into slices that outlive the call and are equally long: no shorter than the rounds.
        unsafe { add_rounds(&job) };
    }
    let done = rounds.saturating_mul(ROUND).min(data.len());
    let (sums, rest) = data.split_at_mut(done);
    clamp_all(sums, clamp);
    plain::add(tail(input, done), tail(other, done), Output { tensor, data: rest }, rescale, clamp);
}

fn is_half(rescale: Rescale) -> bool {
    rescale == Rescale { multiplier: 1 << 30, shift: 0 }
}

/// Whether no step can overflow: shifted inputs are below 2^28 and their sum is below 2^29.
fn is_factor(rescale: Rescale) -> bool {
    rescale.multiplier >= 1 << 30 && (-22..=-1).contains(&rescale.shift)
}

/// What `add_rounds` reads, in the order in which it does.
#[repr(C)]
pub(in crate::kernels) struct Job {
    halved: *const i8,
    scaled: *const i8,
    output: *mut i8,
    /// The zero point, times 2^19.
    halved_zero: i32,
    /// The zero point, times 2^20.
    scaled_zero: i32,
    factor: Factor,
    output_factor: Factor,
    rounds: usize,
}
