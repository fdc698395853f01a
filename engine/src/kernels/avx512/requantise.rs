//! Requantisation of sixteen sums: what [`Factor`](crate::kernels::factor::Factor) says, step by step.

use core::arch::x86_64::*;

/// `a * b / 2^31`, rounded to nearest, ties up.
#[target_feature(enable = "avx512f")]
pub(super) fn high_products(a: __m512i, b: __m512i) -> __m512i {
    let half = _mm512_set1_epi64(1 << 30);
    let even = _mm512_add_epi64(_mm512_mul_epi32(a, b), half);
    let odd = _mm512_mul_epi32(_mm512_srli_epi64::<32>(a), _mm512_srli_epi64::<32>(b));
    let odd = _mm512_add_epi64(odd, half);
    _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64::<31>(even), _mm512_slli_epi64::<1>(odd))
}

/// A shift to the right that rounds half away from zero, exponents being 1 or more.
#[target_feature(enable = "avx512f")]
pub(super) fn round_shift(value: __m512i, rounding: __m512i, exponents: __m512i) -> __m512i {
    let value = _mm512_add_epi32(value, _mm512_srai_epi32::<31>(value));
    _mm512_srav_epi32(_mm512_add_epi32(value, rounding), exponents)
}
