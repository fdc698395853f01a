//! Requantisation of eight sums: what [`Factor`](crate::kernels::factor::Factor) says, step by step.

use core::arch::x86_64::*;

/// `a * b / 2^31`, rounded to nearest, ties up.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn high_products(a: __m256i, b: __m256i) -> __m256i {
    let half = _mm256_set1_epi64x(1 << 30);
    let even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
    let odd = _mm256_mul_epi32(_mm256_srli_epi64::<32>(a), _mm256_srli_epi64::<32>(b));
    let odd = _mm256_add_epi64(odd, half);
    _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<31>(even), _mm256_slli_epi64::<1>(odd))
}

/// A shift to the right that rounds half away from zero, exponents being 1 or more.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn round_shift(value: __m256i, rounding: __m256i, exponents: __m256i) -> __m256i {
    let value = _mm256_add_epi32(value, _mm256_srai_epi32::<31>(value));
    _mm256_srav_epi32(_mm256_add_epi32(value, rounding), exponents)
}

/// Values that lie within int8.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn narrow(values: __m256i) -> [i8; 8] {
    let words = _mm_packs_epi32(_mm256_castsi256_si128(values), _mm256_extracti128_si256::<1>(values));
    _mm_cvtsi128_si64(_mm_packs_epi16(words, words)).to_ne_bytes().map(u8::cast_signed)
}
