use core::arch::x86_64::*;

use super::requantise::{high_products, round_shift};
use crate::blob::{Clamp, Rescale};
use crate::kernels::factor::Factor;
use crate::kernels::vectors::add_by;
use crate::kernels::{AddRescale, Input, Output};

/// Values in a vector of int32.
const LANES: usize = 16;

/// Sum of two tensors of one shape: [`plain::add`](crate::kernels::plain::add), faster.
#[target_feature(enable = "avx512f")]
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    add_by([input, other], output, (rescale, clamp), LANES, |inputs, output| {
        add_vectors(inputs, output, rescale, clamp);
    });
}

#[target_feature(enable = "avx512f")]
fn add_vectors(inputs: [Input<'_>; 2], output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    let Factor { rounding, exponent, .. } = Factor::new(rescale.output, tensor.zero_point);
    let [low, high] = [clamp.low, clamp.high].map(|bound| _mm512_set1_epi32(bound.into()));
    let [zero_point, other_zero_point] = inputs.map(|input| input.tensor.zero_point);
    let [inputs, others] = inputs.map(|input| input.data.as_chunks::<LANES>().0);
    for ((values, a), b) in data.as_chunks_mut::<LANES>().0.iter_mut().zip(inputs).zip(others) {
        let a = to_common_scale(a, zero_point, rescale.input);
        let b = to_common_scale(b, other_zero_point, rescale.other);
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
