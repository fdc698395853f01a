//! A tile of a convolution: two channels at four positions, or four at two.

use core::arch::x86_64::*;

use super::requantise::{high_products, narrow, round_shift};
use crate::blob::Channel;
use crate::kernels::portable::sixteen::{LANES, filled_up, last, mask_of_rest};
use crate::kernels::portable::{Tile, Values};

/// The sums of a tile.
const TOGETHER: usize = 8;

/// A tile's values; None of one that is not [ordinary](Tile::is_ordinary).
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn compute<const CHANNELS: usize, const POSITIONS: usize>(
    tile: &Tile<'_, i16, CHANNELS, POSITIONS>,
) -> Option<Values<CHANNELS, POSITIONS>> {
    if !tile.is_ordinary() {
        return None;
    }
    let sums = if tile.kernels[0].len() < LANES {
        let kernels = tile.kernels.map(filled_up);
        sums(&kernels.each_ref().map(|kernel| &kernel[..]), &tile.patches)
    } else {
        sums(&tile.kernels, &tile.patches)
    };
    Some(requantise(tile, sums))
}

/// Sums of the products of each kernel with each patch, channels innermost.
#[target_feature(enable = "avx2")]
#[inline]
fn sums<const CHANNELS: usize, const POSITIONS: usize>(
    kernels: &[&[i8]; CHANNELS],
    patches: &[&[i16]; POSITIONS],
) -> __m256i {
    let mut sums = [[_mm256_setzero_si256(); POSITIONS]; CHANNELS];
    let length = kernels[0].len();
    let whole = length / LANES;
    let (mut weights, mut values) = ([_mm_setzero_si128(); CHANNELS], [_mm256_setzero_si256(); POSITIONS]);
    // Loops instead of `map`, whose code would not have the instructions.
    let mut of_kernels: [&[[i8; LANES]]; CHANNELS] = [&[]; CHANNELS];
    for (vectors, kernel) in of_kernels.iter_mut().zip(kernels) {
        *vectors = &kernel.as_chunks().0[..whole];
    }
    let mut of_patches: [&[[i16; LANES]]; POSITIONS] = [&[]; POSITIONS];
    for (vectors, patch) in of_patches.iter_mut().zip(patches) {
        *vectors = &patch.as_chunks().0[..whole];
    }
    for index in 0..whole {
        for (weights, vectors) in weights.iter_mut().zip(of_kernels) {
            *weights = bytemuck::cast(vectors[index]);
        }
        for (values, vectors) in values.iter_mut().zip(of_patches) {
            *values = bytemuck::cast(vectors[index]);
        }
        add_products(&mut sums, weights, values);
    }
    if !length.is_multiple_of(LANES) {
        // The last vector overlaps the one before, whose values' weights are 0 here.
        let mask = bytemuck::cast(mask_of_rest(length));
        for (weights, kernel) in weights.iter_mut().zip(kernels) {
            *weights = _mm_and_si128(bytemuck::cast(last(kernel, length)), mask);
        }
        for (values, patch) in values.iter_mut().zip(patches) {
            *values = bytemuck::cast(last(patch, length));
        }
        add_products(&mut sums, weights, values);
    }
    let mut in_order = [_mm256_setzero_si256(); TOGETHER];
    for (index, place) in in_order.iter_mut().enumerate() {
        *place = sums[index % CHANNELS][index / CHANNELS];
    }
    let [a, b, c, d, e, f, g, h] = in_order;
    _mm256_set_m128i(four_sums(e, f, g, h), four_sums(a, b, c, d))
}

/// Adds the products of a vector of each kernel with one of each patch.
#[target_feature(enable = "avx2")]
#[inline]
fn add_products<const CHANNELS: usize, const POSITIONS: usize>(
    sums: &mut [[__m256i; POSITIONS]; CHANNELS],
    kernels: [__m128i; CHANNELS],
    patches: [__m256i; POSITIONS],
) {
    for (sums, weights) in sums.iter_mut().zip(kernels) {
        let weights = _mm256_cvtepi8_epi16(weights);
        for (sum, values) in sums.iter_mut().zip(patches) {
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(values, weights));
        }
    }
}

/// The sum of the lanes of each.
#[target_feature(enable = "avx2")]
#[inline]
fn four_sums(a: __m256i, b: __m256i, c: __m256i, d: __m256i) -> __m128i {
    let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256::<1>(halves))
}

/// What [`Factor`](crate::kernels::factor::Factor) says, step by step.
#[target_feature(enable = "avx2")]
#[inline]
fn requantise<const CHANNELS: usize, const POSITIONS: usize>(
    tile: &Tile<'_, i16, CHANNELS, POSITIONS>,
    sums: __m256i,
) -> Values<CHANNELS, POSITIONS> {
    let [mut biases, mut multipliers, mut exponents] = [[0; CHANNELS]; 3];
    for (index, Channel { bias, rescale }) in tile.channels.iter().enumerate() {
        (biases[index], multipliers[index]) = (*bias, rescale.multiplier);
        exponents[index] = -i32::from(rescale.shift);
    }
    let exponents = for_each_position(exponents);
    // As in a factor: half a step, and the zero point.
    let halves = _mm256_set1_epi32(2 * i32::from(tile.zero_point) + 1);
    let rounding = _mm256_sllv_epi32(halves, _mm256_sub_epi32(exponents, _mm256_set1_epi32(1)));
    let sums = _mm256_add_epi32(sums, for_each_position(biases));
    let products = high_products(sums, for_each_position(multipliers));
    let value = round_shift(products, rounding, exponents);
    let (low, high) = (_mm256_set1_epi32(tile.clamp.low.into()), _mm256_set1_epi32(tile.clamp.high.into()));
    let values = narrow(_mm256_min_epi32(_mm256_max_epi32(value, low), high));
    let mut results = [[0; CHANNELS]; POSITIONS];
    results.as_flattened_mut().copy_from_slice(&values);
    results
}

/// The channels' numbers, for each position.
#[target_feature(enable = "avx2")]
#[inline]
fn for_each_position<const CHANNELS: usize>(numbers: [i32; CHANNELS]) -> __m256i {
    let of = |lane: usize| numbers[lane % CHANNELS];
    _mm256_setr_epi32(of(0), of(1), of(2), of(3), of(4), of(5), of(6), of(7))
}
