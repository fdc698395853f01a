use core::arch::x86_64::*;
use std::vec::Vec;

use super::requantise::{high_products, round_shift};
use crate::blob::{Clamp, Filter, Tensor, Window};
use crate::kernels::factor::{Factor, has_exceptional, has_lengths, is_exceptional};
use crate::kernels::{Input, Output, plain};

/// Output channels that are computed together, one in each lane of a vector.
const LANES: usize = 16;
/// Products that one instruction adds up in each lane.
const QUAD: usize = 4;
/// Positions that are computed together.
const POSITIONS: usize = 8;

/// The most values of an input with its padding: larger ones take strides that leave most of it out.
const MAX_PADDED: usize = 1 << 26;

/// Four values of the input, as the instruction takes them for all channels.
type Quad = [u8; QUAD];

/// 2-D convolution over every input channel: [`plain::conv2d`], faster.
///
/// # Safety
/// The host [is capable](super::is_capable).
pub unsafe fn conv2d(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let kernel_row = usize::from(window.kernel[1]).saturating_mul(input.tensor.channels.into());
    let kernel_size = kernel_row.saturating_mul(window.kernel[0].into());
    let is_empty = input.data.is_empty() || output.data.is_empty();
    let is_supported = !is_empty
        && has_lengths(input, &output, filter, kernel_size)
        && Padded::len(input, output.tensor, window) <= MAX_PADDED;
    if is_supported {
        // SAFETY: the host is capable.
        unsafe { convolve(input, Output { tensor: output.tensor, data: &mut *output.data }, window, filter) };
        if has_exceptional(filter) {
            plain::conv2d_of(input, output, window, filter, is_exceptional);
        }
    } else {
        plain::conv2d(input, output, window, filter);
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn convolve(input: Input<'_>, output: Output<'_>, window: Window, filter: &Filter<'_>) {
    let Output { tensor, data } = output;
    let padded = Padded::new(input, tensor, window);
    let groups = Group::all(filter, tensor.zero_point, window.kernel[0].into());
    let channels = usize::from(tensor.channels).max(1);
    let starts = (0..).step_by(POSITIONS);
    for (start, outputs) in starts.zip(data.chunks_mut(POSITIONS * channels)) {
        // Where fewer positions are left than are computed together, the last one is computed several times.
        let last = start + outputs.len() / channels - 1;
        let patches = std::array::from_fn(|index| padded.patch(last.min(start + index)));
        for (first, group) in (0..).step_by(LANES).zip(&groups) {
            let results = group.convolve(&patches, padded.row, filter.clamp);
            for (values, results) in outputs.chunks_exact_mut(channels).zip(results) {
                let values = values.iter_mut().skip(first);
                values.zip(results).for_each(|(value, result)| *value = result);
            }
        }
    }
}

/// An input with its padding, row by row. The instruction wants one side unsigned: 128 more.
struct Padded {
    values: Vec<u8>,
    /// Values in a row.
    row: usize,
    /// Positions in a row of the output.
    width: usize,
    /// Values between patches, downwards and to the right.
    steps: [usize; 2],
}

impl Padded {
    /// Rows and columns under the windows of all positions, of which there is at least one.
    fn sides(output: Tensor, window: Window) -> [usize; 2] {
        let reach = |positions: u16, stride: u8, kernel: u8| {
            usize::from(positions).saturating_sub(1) * usize::from(stride) + usize::from(kernel)
        };
        let Window { kernel, stride, .. } = window;
        [reach(output.height, stride[0], kernel[0]), reach(output.width, stride[1], kernel[1])]
    }

    /// Values of an input with its padding.
    fn len(input: Input<'_>, output: Tensor, window: Window) -> usize {
        let [height, width] = Self::sides(output, window);
        height.saturating_mul(width).saturating_mul(input.tensor.channels.into())
    }

    fn new(input: Input<'_>, output: Tensor, window: Window) -> Self {
        let channels = usize::from(input.tensor.channels);
        let [stride, [above, left]] = [window.stride, window.padding].map(|sides| sides.map(usize::from));
        let [height, width] = Self::sides(output, window);
        let row = width * channels;
        let unsigned = |value: i8| value.cast_unsigned() ^ 128;
        // A patch's last four values may reach beyond it.
        let mut values = std::vec![unsigned(input.tensor.zero_point); height * row + QUAD];
        let rows = values.chunks_exact_mut(row).take(height).skip(above);
        let input_row = usize::from(input.tensor.width) * channels;
        for (padded, values) in rows.zip(input.data.chunks_exact(input_row)) {
            let padded = padded.iter_mut().skip(left * channels);
            padded.zip(values).for_each(|(padded, &value)| *padded = unsigned(value));
        }
        Self { values, row, width: output.width.into(), steps: [stride[0] * row, stride[1] * channels] }
    }

    /// What lies under the window of a position, and behind it.
    fn patch(&self, position: usize) -> &[u8] {
        let [down, right] = self.steps;
        &self.values[position / self.width * down + position % self.width * right..]
    }
}

/// [`LANES`] output channels; those that the layer does not have are zeros.
struct Group {
    /// The kernel's rows, each filled up with zeros: for four values of the input four weights of each channel.
    rows: Vec<Vec<[[i8; QUAD]; LANES]>>,
    /// Biases without what the 128 too much at every value add.
    bias: [i32; LANES],
    multipliers: [i32; LANES],
    rounding: [i32; LANES],
    exponents: [i32; LANES],
}

impl Group {
    /// All channels.
    fn all(filter: &Filter<'_>, zero_point: i8, kernel_height: usize) -> Vec<Self> {
        let firsts = (0..filter.shifts.len()).step_by(LANES);
        firsts.map(|first| Self::new(filter, first, zero_point, kernel_height)).collect()
    }

    fn new(filter: &Filter<'_>, first: usize, zero_point: i8, kernel_height: usize) -> Self {
        let kernel_size = filter.weights.len() / filter.shifts.len();
        let kernel_row = kernel_size / kernel_height;
        let mut group = Self {
            rows: std::vec![std::vec![[[0; QUAD]; LANES]; kernel_row.div_ceil(QUAD)]; kernel_height],
            bias: [0; LANES],
            multipliers: [0; LANES],
            rounding: [0; LANES],
            exponents: [1; LANES],
        };
        let kernels = filter.weights().chunks_exact(kernel_size);
        for (lane, (channel, kernel)) in filter.channels().zip(kernels).skip(first).take(LANES).enumerate() {
            for (row, weights) in group.rows.iter_mut().zip(kernel.chunks_exact(kernel_row)) {
                let (quads, rest) = weights.as_chunks::<QUAD>();
                let mut row = row.iter_mut().map(|lanes| &mut lanes[lane]);
                row.by_ref().zip(quads).for_each(|(place, quad)| *place = *quad);
                row.flatten().zip(rest).for_each(|(place, weight)| *place = *weight);
            }
            let sum: i32 = kernel.iter().map(|&weight| i32::from(weight)).sum();
            let factor = Factor::new(channel.rescale, zero_point);
            group.bias[lane] = channel.bias.wrapping_sub(sum.wrapping_mul(128));
            group.multipliers[lane] = (factor.doubled_multiplier >> 1).cast_signed();
            group.rounding[lane] = factor.rounding;
            group.exponents[lane] = factor.exponent.cast_signed();
        }
        group
    }

    /// The outputs of some positions, each of which has all channels.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn convolve(&self, patches: &[&[u8]; POSITIONS], row: usize, clamp: Clamp) -> [[i8; LANES]; POSITIONS] {
        let [multipliers, rounding, exponents] =
            [vector(self.multipliers), vector(self.rounding), vector(self.exponents)];
        let [low, high] = [clamp.low, clamp.high].map(|bound| _mm512_set1_epi32(bound.into()));
        let mut results = [[0; LANES]; POSITIONS];
        for (result, sums) in results.iter_mut().zip(self.sums(patches, row)) {
            let value = round_shift(high_products(sums, multipliers), rounding, exponents);
            let value = _mm512_min_epi32(_mm512_max_epi32(value, low), high);
            *result = bytemuck::cast(_mm512_cvtepi32_epi8(value));
        }
        results
    }

    /// Biases and sums of products with patches, whose rows are `row` values apart.
    #[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
    fn sums(&self, patches: &[&[u8]; POSITIONS], row: usize) -> [__m512i; POSITIONS] {
        let mut sums = [vector(self.bias); POSITIONS];
        for (weights, start) in self.rows.iter().zip((0..).step_by(row)) {
            let mut values: [&[Quad]; POSITIONS] = [&[]; POSITIONS];
            for (values, patch) in values.iter_mut().zip(patches) {
                *values = &patch[start..].as_chunks::<QUAD>().0[..weights.len()];
            }
            for (index, weights) in weights.iter().enumerate() {
                let weights = vector(bytemuck::cast(*weights));
                for (sum, values) in sums.iter_mut().zip(values) {
                    let four = _mm512_set1_epi32(i32::from_ne_bytes(values[index]));
                    *sum = _mm512_dpbusd_epi32(*sum, four, weights);
                }
            }
        }
        sums
    }
}

#[target_feature(enable = "avx512f")]
fn vector(values: [i32; LANES]) -> __m512i {
    // SAFETY: reads the values that the array has.
    unsafe { _mm512_loadu_epi32(values.as_ptr()) }
}
