use core::arch::x86_64::*;

use super::is_capable;
use super::requantise::{high_products, round_shift};
use crate::blob::{Clamp, Rescale};
use crate::kernels::factor::Factor;
use crate::kernels::{AddRescale, Input, Output, plain, tail};

/// Values in a vector of int32.
const LANES: usize = 16;

/// Sum of two tensors of one shape: [`plain::add`], faster.
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    let is_supported = is_capable()
        && [rescale.input, rescale.other].into_iter().all(|rescale| is_in_bounds(rescale, 0))
        && is_in_bounds(rescale.output, -1)
        && [input.data.len(), other.data.len()] == [data.len(); 2];
    let vectors = if is_supported { data.len() / LANES } else { 0 };
    let (sums, rest) = data.split_at_mut(vectors.saturating_mul(LANES).min(data.len()));
    let done = sums.len();
    if done > 0 {
        // SAFETY: the host is capable.
        unsafe { add_vectors(input, other, Output { tensor, data: sums }, rescale, clamp) };
    }
    plain::add(tail(input, done), tail(other, done), Output { tensor, data: rest }, rescale, clamp);
}

/// Whether no step can overflow: shifted inputs are below 2^28 and their sum is below 2^29.
fn is_in_bounds(rescale: Rescale, highest_shift: i8) -> bool {
    rescale.multiplier >= 1 << 30 && (-22..=highest_shift).contains(&rescale.shift)
}

#[target_feature(enable = "avx512f")]
fn add_vectors(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    let Factor { rounding, exponent, .. } = Factor::new(rescale.output, tensor.zero_point);
    let [low, high] = [clamp.low, clamp.high].map(|bound| _mm512_set1_epi32(bound.into()));
    let [inputs, others] = [input, other].map(|input| input.data.as_chunks::<LANES>().0);
    for ((values, a), b) in data.as_chunks_mut::<LANES>().0.iter_mut().zip(inputs).zip(others) {
        let a = to_common_scale(a, input.tensor.zero_point, rescale.input);
        let b = to_common_scale(b, other.tensor.zero_point, rescale.other);
        let product = high_products(_mm512_add_epi32(a, b), _mm512_set1_epi32(rescale.output.multiplier));
        let exponents = _mm512_set1_epi32(exponent.cast_signed());
        let value = round_shift(product, _mm512_set1_epi32(rounding), exponents);
        let value = _mm512_min_epi32(_mm512_max_epi32(value, low), high);
        *values = bytemuck::cast(_mm512_cvtepi32_epi8(value));
    }
}

#[target_feature(enable = "avx512f")]
fn to_common_scale(values: &[i8; LANES], zero_point: i8, rescale: Rescale) -> __m512i {
    let values = _mm512_cvtepi8_epi32(bytemuck::cast(*values));
    let differences = _mm512_sub_epi32(values, _mm512_set1_epi32(zero_point.into()));
    let shifted = _mm512_slli_epi32::<20>(differences);
    let product = high_products(shifted, _mm512_set1_epi32(rescale.multiplier));
    if rescale.shift == 0 {
        return product;
    }
    let Factor { rounding, exponent, .. } = Factor::new(rescale, 0);
    round_shift(product, _mm512_set1_epi32(rounding), _mm512_set1_epi32(exponent.cast_signed()))
}
