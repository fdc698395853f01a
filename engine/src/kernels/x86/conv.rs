use core::arch::x86_64::*;
use std::vec::Vec;

use super::is_capable;
use super::requantise::{high_products, round_shift};
use crate::blob::{Clamp, Filter, Window};
use crate::kernels::factor::{Factor, MAX_KERNEL_SIZE, is_in_bounds};
use crate::kernels::patch::Patch;
use crate::kernels::{Input, Output, plain};

/// Positions, and channels, that are computed together.
const SIDE: usize = 4;
/// Values in a vector.
const VECTOR: usize = 64;

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
pub fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(input.tensor.channels.into());
    let kernel_size = kernel_row.saturating_mul(window.kernel[0].into());
    let positions = usize::from(output.tensor.height).saturating_mul(output.tensor.width.into());
    let has_sides = positions >= SIDE && usize::from(output.tensor.channels) >= SIDE;
    if has_sides && is_capable() && is_in_bounds(input, &output, filter, kernel_size) {
        // SAFETY: the host is capable.
        unsafe { convolve(input, output, window, filter, [kernel_row, kernel_size]) };
    } else {
        plain::conv2d(input, output, window, filter);
    }
}

/// Sixteen sums at a time, of four positions and four output channels, are kept apart in sixteen lanes each until
/// all products are in.
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn convolve(
    input: Input<'_>,
    output: Output<'_>,
    window: Window,
    filter: &Filter<'_>,
    [kernel_row, kernel_size]: [usize; 2],
) {
    let Output { tensor, data } = output;
    let channels = usize::from(tensor.channels).max(1);
    let width = usize::from(tensor.width).max(1);
    let groups = Group::all(filter, tensor.zero_point, kernel_size);
    let mut patches = [[0; MAX_KERNEL_SIZE]; SIDE];
    for first in blocks(data.len() / channels) {
        for (position, values) in (first..).zip(&mut patches) {
            let values = values.get_mut(..kernel_size).unwrap_or_default();
            Patch::at(input, window, position / width, position % width).copy_to(values, kernel_row);
            // The instruction wants one side unsigned: 128 more.
            values.iter_mut().for_each(|value| *value ^= i8::MIN);
        }
        let end = first.saturating_add(SIDE).saturating_mul(channels);
        let outputs = data.get_mut(first.saturating_mul(channels)..end).unwrap_or_default();
        for group in &groups {
            let results = group.convolve(&patches, filter.clamp);
            for (values, results) in outputs.chunks_exact_mut(channels).zip(results.as_chunks::<SIDE>().0) {
                if let Some(values) = values.get_mut(group.first..).and_then(<[i8]>::first_chunk_mut) {
                    *values = *results;
                }
            }
        }
    }
}

/// Where blocks of [`SIDE`] begin; the last one overlaps the one before where `count` is no multiple.
fn blocks(count: usize) -> impl Iterator<Item = usize> {
    let last = count.saturating_sub(SIDE);
    (0..last).step_by(SIDE).chain([last])
}

/// [`SIDE`] output channels.
struct Group<'a> {
    /// The index of the first.
    first: usize,
    /// `SIDE * kernel_size` weights.
    weights: &'a [u8],
    kernel_size: usize,
    /// Biases without what the 128 too much at every value add.
    bias: [i32; SIDE],
    factors: [Factor; SIDE],
}

impl<'a> Group<'a> {
    /// All channels.
    fn all(filter: &Filter<'a>, zero_point: i8, kernel_size: usize) -> Vec<Self> {
        let firsts = blocks(filter.shifts.len());
        firsts.map(|first| Self::new(filter, first, zero_point, kernel_size)).collect()
    }

    fn new(filter: &Filter<'a>, first: usize, zero_point: i8, kernel_size: usize) -> Self {
        let start = first.saturating_mul(kernel_size);
        let weights = start..start.saturating_add(kernel_size.saturating_mul(SIDE));
        let rows = filter.weights().get(weights.clone()).unwrap_or_default().chunks_exact(kernel_size.max(1));
        let mut group = Self {
            first,
            weights: filter.weights.get(weights).unwrap_or_default(),
            kernel_size,
            bias: [0; SIDE],
            factors: [Factor::default(); SIDE],
        };
        let parameters = group.bias.iter_mut().zip(&mut group.factors);
        for (((bias, factor), channel), row) in parameters.zip(filter.channels().skip(first)).zip(rows) {
            let sum: i32 = row.iter().map(|&weight| i32::from(weight)).sum();
            *bias = channel.bias.wrapping_sub(sum.wrapping_mul(128));
            *factor = Factor::new(channel.rescale, zero_point);
        }
        group
    }

    /// The outputs of four positions, of which each has four channels.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn convolve(&self, patches: &[[i8; MAX_KERNEL_SIZE]; SIDE], clamp: Clamp) -> [i8; SIDE * SIDE] {
        let every = |values: [i32; SIDE]| {
            let [a, b, c, d] = values;
            _mm512_broadcast_i32x4(_mm_setr_epi32(a, b, c, d))
        };
        let sums = _mm512_add_epi32(self.sums(patches), every(self.bias));
        let multipliers = self.factors.map(|factor| (factor.doubled_multiplier >> 1).cast_signed());
        let product = high_products(sums, every(multipliers));
        let rounding = every(self.factors.map(|factor| factor.rounding));
        let value =
            round_shift(product, rounding, every(self.factors.map(|factor| factor.exponent.cast_signed())));
        let value = _mm512_max_epi32(value, _mm512_set1_epi32(clamp.low.into()));
        let value = _mm512_min_epi32(value, _mm512_set1_epi32(clamp.high.into()));
        bytemuck::cast(_mm512_cvtepi32_epi8(value))
    }

    /// The sums of products: a position's four channels, then the next one's.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn sums(&self, patches: &[[i8; MAX_KERNEL_SIZE]; SIDE]) -> __m512i {
        let mut sums = [_mm512_setzero_si512(); SIDE * SIDE];
        for start in (0..self.kernel_size).step_by(VECTOR) {
            let left = self.kernel_size.saturating_sub(start);
            let mask = if left < VECTOR { (1 << left) - 1 } else { u64::MAX };
            let weights = [0, 1, 2, 3].map(|channel: usize| {
                let row = self.weights.as_ptr().wrapping_add(channel * self.kernel_size + start);
                // SAFETY: `is_in_bounds` has seen that the four rows are there; the mask ends at the row's end.
                unsafe { _mm512_maskz_loadu_epi8(mask, row.cast()) }
            });
            for (patch, sums) in patches.iter().zip(sums.as_chunks_mut::<SIDE>().0) {
                let Some(values) = patch.get(start..).and_then(<[i8]>::first_chunk::<VECTOR>) else { break };
                // SAFETY: reads the `VECTOR` values that the array has.
                let values = unsafe { _mm512_loadu_epi8(values.as_ptr()) };
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = _mm512_dpbusd_epi32(*sum, values, weights);
                }
            }
        }
        add_lanes(sums)
    }
}

/// The sum of each vector's lanes, in the vectors' order.
#[target_feature(enable = "avx512f")]
fn add_lanes(vectors: [__m512i; 16]) -> __m512i {
    let (pairs, _) = vectors.as_chunks::<4>();
    let mut quarters = [_mm512_setzero_si512(); 4];
    for (quarter, &[a, b, c, d]) in quarters.iter_mut().zip(pairs) {
        let ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        let cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
        *quarter = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    }
    let [a, b, c, d] = quarters;
    add_halves(add_halves(a, b), add_halves(c, d))
}

/// The sums of the even and the odd quarters of one vector, then of another.
#[target_feature(enable = "avx512f")]
fn add_halves(a: __m512i, b: __m512i) -> __m512i {
    const EVEN: i32 = 0b10_00_10_00;
    const ODD: i32 = 0b11_01_11_01;
    _mm512_add_epi32(_mm512_shuffle_i32x4::<EVEN>(a, b), _mm512_shuffle_i32x4::<ODD>(a, b))
}
