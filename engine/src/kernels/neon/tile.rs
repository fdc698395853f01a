//! A tile of a convolution: two channels at four positions, or four at two.

use core::arch::aarch64::*;
use core::arch::asm;

use crate::blob::Channel;
use crate::kernels::factor::Factor;
use crate::kernels::portable::sixteen::{LANES, filled_up, last, mask_of_rest};
use crate::kernels::portable::{Tile, Values};

/// The sums of a tile.
const TOGETHER: usize = 8;

/// Eight int32: the sums' or a factor's lanes.
type Pair = [int32x4_t; 2];

/// A tile's values; None of one that is not [ordinary](Tile::is_ordinary).
#[target_feature(enable = "neon,dotprod")]
#[inline]
pub(super) fn compute<const CHANNELS: usize, const POSITIONS: usize>(
    tile: &Tile<'_, i8, CHANNELS, POSITIONS>,
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
#[target_feature(enable = "neon,dotprod")]
#[inline]
fn sums<const CHANNELS: usize, const POSITIONS: usize>(
    kernels: &[&[i8]; CHANNELS],
    patches: &[&[i8]; POSITIONS],
) -> Pair {
    let mut sums = [[vdupq_n_s32(0); CHANNELS]; POSITIONS];
    let length = kernels[0].len();
    let mut start = 0;
    // Loops instead of `map`, whose code would not have the instructions.
    let (mut weights, mut values) = ([vdupq_n_s8(0); CHANNELS], [vdupq_n_s8(0); POSITIONS]);
    while start + LANES <= length {
        for (weights, kernel) in weights.iter_mut().zip(kernels) {
            *weights = vector(last(kernel, start + LANES));
        }
        for (values, patch) in values.iter_mut().zip(patches) {
            *values = vector(last(patch, start + LANES));
        }
        add_products(&mut sums, weights, values);
        start += LANES;
    }
    if start < length {
        // The last vector overlaps the one before, whose values' weights are 0 here.
        let mask = vector(mask_of_rest(length));
        for (weights, kernel) in weights.iter_mut().zip(kernels) {
            *weights = vandq_s8(vector(last(kernel, length)), mask);
        }
        for (values, patch) in values.iter_mut().zip(patches) {
            *values = vector(last(patch, length));
        }
        add_products(&mut sums, weights, values);
    }
    let mut in_order = [vdupq_n_s32(0); TOGETHER];
    in_order.copy_from_slice(sums.as_flattened());
    let [a, b, c, d, e, f, g, h] = in_order;
    [four_sums(a, b, c, d), four_sums(e, f, g, h)]
}

/// Adds the products of a vector of each kernel with one of each patch.
#[target_feature(enable = "neon,dotprod")]
#[inline]
fn add_products<const CHANNELS: usize, const POSITIONS: usize>(
    sums: &mut [[int32x4_t; CHANNELS]; POSITIONS],
    kernels: [int8x16_t; CHANNELS],
    patches: [int8x16_t; POSITIONS],
) {
    for (sums, values) in sums.iter_mut().zip(patches) {
        for (sum, weights) in sums.iter_mut().zip(kernels) {
            // SAFETY: arithmetic on registers. (`vdotq_s32` is not in stable Rust.)
            unsafe {
                asm!(
                    "sdot {sum:v}.4s, {values:v}.16b, {weights:v}.16b",
                    sum = inout(vreg) *sum,
                    values = in(vreg) values,
                    weights = in(vreg) weights,
                    options(pure, nomem, nostack, preserves_flags),
                );
            }
        }
    }
}

/// The sum of the lanes of each.
#[target_feature(enable = "neon")]
#[inline]
fn four_sums(a: int32x4_t, b: int32x4_t, c: int32x4_t, d: int32x4_t) -> int32x4_t {
    vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d))
}

/// What [`Factor`](crate::kernels::factor::Factor) says, step by step.
#[target_feature(enable = "neon")]
#[inline]
fn requantise<const CHANNELS: usize, const POSITIONS: usize>(
    tile: &Tile<'_, i8, CHANNELS, POSITIONS>,
    sums: Pair,
) -> Values<CHANNELS, POSITIONS> {
    let [mut biases, mut multipliers, mut rounding, mut shifts] = [[0; TOGETHER]; 4];
    for lane in 0..TOGETHER {
        let Channel { bias, rescale } = tile.channels[lane % CHANNELS];
        (biases[lane], multipliers[lane], shifts[lane]) = (bias, rescale.multiplier, rescale.shift.into());
        rounding[lane] = Factor::new(rescale, tile.zero_point).rounding;
    }
    let [biases, multipliers, rounding, shifts] =
        [biases, multipliers, rounding, shifts].map(bytemuck::cast::<_, Pair>);
    let (low, high) = (vdupq_n_s32(tile.clamp.low.into()), vdupq_n_s32(tile.clamp.high.into()));
    let mut words = [vdup_n_s16(0); 2];
    for (index, words) in words.iter_mut().enumerate() {
        let product = vqrdmulhq_s32(vaddq_s32(sums[index], biases[index]), multipliers[index]);
        let value = vaddq_s32(vaddq_s32(product, vshrq_n_s32::<31>(product)), rounding[index]);
        let value = vshlq_s32(value, shifts[index]);
        *words = vmovn_s32(vminq_s32(vmaxq_s32(value, low), high));
    }
    let [first, second] = words;
    let mut results = [[0; CHANNELS]; POSITIONS];
    let values = bytemuck::cast::<_, [i8; TOGETHER]>(vmovn_s16(vcombine_s16(first, second)));
    results.as_flattened_mut().copy_from_slice(&values);
    results
}

#[target_feature(enable = "neon")]
#[inline]
fn vector(values: [i8; LANES]) -> int8x16_t {
    bytemuck::cast(values)
}
