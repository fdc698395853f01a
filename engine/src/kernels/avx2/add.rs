use core::arch::x86_64::*;

use super::requantise::{high_products, narrow, round_shift};
use crate::blob::{Clamp, Rescale};
use crate::kernels::factor::Factor;
use crate::kernels::vectors::add_by;
use crate::kernels::{AddRescale, Input, Output};

/// Values in a vector of int32.
const LANES: usize = 8;

/// Sum of two tensors of one shape: [`plain::add`](crate::kernels::plain::add), faster.
#[target_feature(enable = "avx2")]
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    add_by([input, other], output, (rescale, clamp), LANES, |inputs, output| {
        add_vectors(inputs, output, rescale, clamp);
    });
}

#[target_feature(enable = "avx2")]
fn add_vectors(inputs: [Input<'_>; 2], output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    let Factor { rounding, exponent, .. } = Factor::new(rescale.output, tensor.zero_point);
    let [low, high] = [clamp.low, clamp.high].map(|bound| _mm256_set1_epi32(bound.into()));
    let [zero_point, other_zero_point] = inputs.map(|input| input.tensor.zero_point);
    let [inputs, others] = inputs.map(|input| input.data.as_chunks::<LANES>().0);
    for ((values, a), b) in data.as_chunks_mut::<LANES>().0.iter_mut().zip(inputs).zip(others) {
        let a = to_common_scale(*a, zero_point, rescale.input);
        let b = to_common_scale(*b, other_zero_point, rescale.other);
        let product = high_products(_mm256_add_epi32(a, b), _mm256_set1_epi32(rescale.output.multiplier));
        let exponents = _mm256_set1_epi32(exponent.cast_signed());
        let value = round_shift(product, _mm256_set1_epi32(rounding), exponents);
        *values = narrow(_mm256_min_epi32(_mm256_max_epi32(value, low), high));
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn to_common_scale(values: [i8; LANES], zero_point: i8, rescale: Rescale) -> __m256i {
    let values = _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(i64::from_ne_bytes(values.map(i8::cast_unsigned))));
    let differences = _mm256_sub_epi32(values, _mm256_set1_epi32(zero_point.into()));
    let shifted = _mm256_slli_epi32::<20>(differences);
    let product = high_products(shifted, _mm256_set1_epi32(rescale.multiplier));
    if rescale.shift == 0 {
        return product;
    }
    let Factor { rounding, exponent, .. } = Factor::new(rescale, 0);
    round_shift(product, _mm256_set1_epi32(rounding), _mm256_set1_epi32(exponent.cast_signed()))
}
