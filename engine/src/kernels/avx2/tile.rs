//! A tile of a convolution: two channels at four positions.

use core::arch::x86_64::*;

use super::requantise::{high_products, round_shift};
use crate::blob::Channel;
use crate::kernels::factor::{Factor, MAX_SUMMANDS, is_exceptional};
use crate::kernels::portable::{POSITIONS, Tile, Values};

/// Values that are multiplied together.
const LANES: usize = 16;

/// Ones for so many lanes at the end.
const MASKS: [[i8; LANES]; LANES + 1] = {
    let mut masks = [[0; LANES]; LANES + 1];
    let mut count = 0;
    while count <= LANES {
        let mut lane = LANES - count;
        while lane < LANES {
            masks[count][lane] = -1;
            lane += 1;
        }
        count += 1;
    }
    masks
};

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn compute(tile: &Tile<'_>) -> Values<i8> {
    let length = tile.kernels[0].len();
    let is_supported = (LANES..=MAX_SUMMANDS).contains(&length) && !tile.channels.iter().any(is_exceptional);
    if is_supported { requantise(tile, sums(tile)) } else { tile.compute() }
}

/// Sums of the products of each kernel with each patch: a channel in each half of the vector.
#[target_feature(enable = "avx2")]
#[inline]
fn sums(tile: &Tile<'_>) -> __m256i {
    let [mut a0, mut b0, mut c0, mut d0] = [_mm256_setzero_si256(); POSITIONS];
    let [mut a1, mut b1, mut c1, mut d1] = [_mm256_setzero_si256(); POSITIONS];
    let Tile { kernels: [first, second], patches: [a, b, c, d], .. } = tile;
    let mut done = 0;
    while done < first.len() {
        // The last vector overlaps the one before, whose values' weights are 0 here.
        let end = first.len().min(done + LANES);
        let (start, mask) = (end - LANES, bytemuck::cast(MASKS[end - done]));
        let [first, second] = [weights(first, start, mask), weights(second, start, mask)];
        let [a, b, c, d] = [values(a, start), values(b, start), values(c, start), values(d, start)];
        (a0, b0) = (add_products(a0, a, first), add_products(b0, b, first));
        (c0, d0) = (add_products(c0, c, first), add_products(d0, d, first));
        (a1, b1) = (add_products(a1, a, second), add_products(b1, b, second));
        (c1, d1) = (add_products(c1, c, second), add_products(d1, d, second));
        done = end;
    }
    _mm256_set_m128i(four_sums(a1, b1, c1, d1), four_sums(a0, b0, c0, d0))
}

#[target_feature(enable = "avx2")]
#[inline]
fn add_products(sums: __m256i, values: __m256i, weights: __m256i) -> __m256i {
    _mm256_add_epi32(sums, _mm256_madd_epi16(values, weights))
}

/// The sum of the lanes of each.
#[target_feature(enable = "avx2")]
#[inline]
fn four_sums(a: __m256i, b: __m256i, c: __m256i, d: __m256i) -> __m128i {
    let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256::<1>(halves))
}

/// [`LANES`] values from `start` on.
#[target_feature(enable = "avx2")]
#[inline]
fn values(patch: &[i16], start: usize) -> __m256i {
    bytemuck::cast::<[i16; LANES], __m256i>(lanes(patch, start))
}

/// Those of [`LANES`] values from `start` on that are in the mask, widened.
#[target_feature(enable = "avx2")]
#[inline]
fn weights(kernel: &[i8], start: usize, mask: __m128i) -> __m256i {
    let weights = bytemuck::cast::<[i8; LANES], __m128i>(lanes(kernel, start));
    _mm256_cvtepi8_epi16(_mm_and_si128(weights, mask))
}

#[inline(always)]
fn lanes<T: Copy>(values: &[T], start: usize) -> [T; LANES] {
    *values[start..].first_chunk().expect("so many values are left")
}

/// What [`Factor`] says, step by step.
#[target_feature(enable = "avx2")]
#[inline]
fn requantise(tile: &Tile<'_>, sums: __m256i) -> Values<i8> {
    let [Channel { bias, rescale }, Channel { bias: second_bias, rescale: second_rescale }] = tile.channels;
    let first = Factor::new(rescale, tile.zero_point);
    let second = Factor::new(second_rescale, tile.zero_point);
    let multipliers = halves(rescale.multiplier, second_rescale.multiplier);
    let rounding = halves(first.rounding, second.rounding);
    let exponents = halves(first.exponent.cast_signed(), second.exponent.cast_signed());
    let value = high_products(_mm256_add_epi32(sums, halves(bias, second_bias)), multipliers);
    let value = round_shift(value, rounding, exponents);
    let (low, high) = (_mm256_set1_epi32(tile.clamp.low.into()), _mm256_set1_epi32(tile.clamp.high.into()));
    let value = _mm256_min_epi32(_mm256_max_epi32(value, low), high);
    let narrow = _mm256_packs_epi16(_mm256_packs_epi32(value, value), value);
    let [first, _, _, _, second, _, _, _] = bytemuck::cast::<__m256i, [[i8; POSITIONS]; 8]>(narrow);
    [first, second]
}

/// A channel's number in each half.
#[target_feature(enable = "avx2")]
#[inline]
fn halves(first: i32, second: i32) -> __m256i {
    _mm256_set_m128i(_mm_set1_epi32(second), _mm_set1_epi32(first))
}
