use std::ops::Range;

use pulp::Simd;

use super::SlidingWindow;
use super::tile::{LANES, Left, Product, Right, Tile};

/// Pixels with margins of 0 around them, and some more values after them that vectors may read.
pub(super) struct Padded {
    values: Vec<f32>,
    /// Values from one row to the next.
    row: usize,
    /// Where the first pixel is.
    first: usize,
}

impl Padded {
    /// Nothing but margins; sizes are height and width, the margin is above and to the left.
    pub(super) fn new(size: [usize; 2], margin: [usize; 2], channels: usize) -> Self {
        let row = size[1] * channels;
        let first = margin[0] * row + margin[1] * channels;
        Self { values: vec![0.0; size[0] * row + LANES], row, first }
    }

    /// Takes the place of the pixels, whose rows have `width` values.
    pub(super) fn fill(&mut self, pixels: &[f32], width: usize) -> &[f32] {
        let rows = self.values[self.first..].chunks_mut(self.row);
        rows.zip(pixels.chunks_exact(width)).for_each(|(row, pixels)| row[..width].copy_from_slice(pixels));
        &self.values
    }
}

/// Where a convolution's factors lie.
pub(super) struct Slides {
    groups: Vec<Group>,
    channels: usize,
}

/// Pixels of the output that are computed alike: each sums, over the sources, `depth` values of the image times as
/// many rows of weights. They may be of different rows: late layers have too few bands to fill a tile.
struct Group {
    pixels: Vec<Pixel>,
    depth: usize,
    sources: Vec<Factor>,
}

/// Where a pixel's factors begin in the image, and where the pixel is.
struct Pixel {
    image: usize,
    output: usize,
}

/// Where factors are: in the image from where the pixel's begin, and among the weights.
struct Factor {
    image: usize,
    weight_row: usize,
}

impl Slides {
    /// From a padded input to `channels` outputs. Under a window, a row's values lie together.
    pub(super) fn forward(window: &SlidingWindow, channels: usize) -> Self {
        let [height, width] = window.output().unwrap_or_default();
        let ([down, right], inputs) = (window.stride, window.input[2]);
        let (row, depth) = (window.padding.around(window.input)[1] * inputs, window.kernel[1] * inputs);
        let pixel = |y: usize, x: usize| Pixel {
            image: y * down * row + x * right * inputs,
            output: (y * width + x) * channels,
        };
        let source = |down: usize| Factor { image: down * row, weight_row: down * depth };
        let group = Group {
            pixels: (0..height).flat_map(|y| (0..width).map(move |x| pixel(y, x))).collect(),
            depth,
            sources: (0..window.kernel[0]).map(source).collect(),
        };
        Self { groups: vec![group], channels }
    }

    /// From the gradient of `channels` outputs, padded by [`gradient_size`], to the input's. A pixel has been under the
    /// window's rows and columns that are congruent to its own modulo the stride, so pixels are grouped by these.
    pub(super) fn backward(window: &SlidingWindow, channels: usize) -> Self {
        let columns = Phase::all(window, 1).scan(0, |row, phase| {
            let first = *row;
            *row += window.kernel[0] * phase.steps * channels;
            Some((phase, first))
        });
        let groups = columns.flat_map(|(columns, weight_row)| {
            Phase::all(window, 0)
                .map(move |rows| Group::backward(window, channels, [rows, columns], weight_row))
        });
        Self { groups: groups.collect(), channels: window.input[2] }
    }
}

impl Group {
    /// The pixels of one phase in either axis; their weights begin at a row.
    fn backward(
        window: &SlidingWindow,
        channels: usize,
        [rows, columns]: [Phase; 2],
        weight_row: usize,
    ) -> Self {
        let ([_, row], [_, width, inputs]) = (gradient_size(window), window.input);
        let margin = gradient_margin(window);
        let pixels = rows.positions(window, 0, margin[0]).flat_map(|(y, down)| {
            columns.positions(window, 1, margin[1]).map(move |(x, right)| Pixel {
                image: (down * row + right) * channels,
                output: (y * width + x) * inputs,
            })
        });
        let depth = columns.steps * channels;
        // Weights lie with falling columns, so that the image is read forwards; rows go backwards.
        let source = |step: usize| Factor {
            image: (rows.steps - 1 - step) * row * channels,
            weight_row: weight_row + (rows.first + step * window.stride[0]) * depth,
        };
        Self { pixels: pixels.collect(), depth, sources: (0..rows.steps).map(source).collect() }
    }
}

/// The rows, or columns, of a window at which a stride lands together.
#[derive(Clone, Copy)]
struct Phase {
    /// The first of them.
    first: usize,
    /// How many there are.
    steps: usize,
}

impl Phase {
    fn all(window: &SlidingWindow, axis: usize) -> impl Iterator<Item = Self> + use<> {
        let (kernel, stride) = (window.kernel[axis], window.stride[axis]);
        (0..stride.min(kernel)).map(move |first| Self { first, steps: (kernel - first).div_ceil(stride) })
    }

    /// The rows, or columns, of the input that have been under these, each with the first one of the padded gradient
    /// that it was read for.
    fn positions(
        self,
        window: &SlidingWindow,
        axis: usize,
        margin: usize,
    ) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (stride, padding) = (window.stride[axis], window.padding.before()[axis]);
        let at = move |position: usize| (position, margin + (position + padding) / stride + 1 - self.steps);
        (0..window.input[axis]).filter(move |position| (position + padding) % stride == self.first).map(at)
    }
}

/// Rows above and columns before an output's gradient that [`Slides::backward`] reads.
pub(super) fn gradient_margin(window: &SlidingWindow) -> [usize; 2] {
    [0, 1].map(|axis| window.kernel[axis].div_ceil(window.stride[axis]) - 1)
}

/// Height and width of an output's gradient with what lies around it that [`Slides::backward`] reads.
pub(super) fn gradient_size(window: &SlidingWindow) -> [usize; 2] {
    let (output, before) = (window.output().unwrap_or_default(), window.padding.before());
    [0, 1].map(|axis| {
        let last = (before[axis] + window.input[axis] - 1) / window.stride[axis];
        gradient_margin(window)[axis] + output[axis].max(last + 1)
    })
}

/// Rows of weights for [`Slides::forward`]: a row for each value under the window, a column for each output.
pub(super) fn forward_weights(weight: &[f32], window: &SlidingWindow) -> Vec<f32> {
    let taps = window.taps();
    let step = weight_step(weight.len() / taps);
    let mut rows = vec![0.0; taps * step];
    for (channel, weights) in weight.chunks_exact(taps).enumerate() {
        rows.chunks_exact_mut(step).zip(weights).for_each(|(row, &weight)| row[channel] = weight);
    }
    rows
}

/// Rows of weights for [`Slides::backward`]: a column for each input channel.
pub(super) fn backward_weights(weight: &[f32], window: &SlidingWindow) -> Vec<f32> {
    let (taps, [_, _, inputs]) = (window.taps(), window.input);
    let channels = weight.len() / taps;
    let kernel_row = window.kernel[1] * inputs;
    let starts = Phase::all(window, 1).flat_map(|Phase { first, steps }| {
        (0..window.kernel[0]).flat_map(move |down| {
            let columns = (0..steps).rev().map(move |step| first + step * window.stride[1]);
            columns.flat_map(move |column| {
                (0..channels).map(move |channel| channel * taps + down * kernel_row + column * inputs)
            })
        })
    });
    let step = weight_step(inputs);
    let mut rows = vec![0.0; weight.len() / inputs * step];
    let rows_and_starts = rows.chunks_exact_mut(step).zip(starts);
    rows_and_starts.for_each(|(row, start)| row[..inputs].copy_from_slice(&weight[start..start + inputs]));
    rows
}

/// Values from one row of weights to the next: rows end with 0s up to whole vectors.
fn weight_step(columns: usize) -> usize {
    columns.next_multiple_of(LANES)
}

/// Adds sums over a window to each pixel's channels.
pub(super) struct Sliding<'a> {
    pub(super) slides: &'a Slides,
    pub(super) image: &'a [f32],
    pub(super) weights: &'a [f32],
    pub(super) output: &'a mut [f32],
}

impl Product for Sliding<'_> {
    fn columns(&self) -> usize {
        self.slides.channels
    }

    #[inline(always)]
    fn compute<S: Simd, const R: usize, const N: usize>(&mut self, simd: S, columns: Range<usize>) {
        let Slides { groups, channels } = self.slides;
        let weight_step = weight_step(*channels);
        for Group { pixels, depth, sources } in groups {
            for pixels in pixels.chunks(R) {
                let mut tile = Tile::<S, R, N>::new(simd);
                for source in sources {
                    let mut starts = [source.image; R];
                    for (row, start) in starts.iter_mut().enumerate() {
                        *start += pixels[row.min(pixels.len() - 1)].image;
                    }
                    let left = Left { values: self.image, starts, step: 1 };
                    let start = source.weight_row * weight_step + columns.start;
                    let right = Right { values: self.weights, start, step: weight_step };
                    tile.add_products(*depth, &left, &right);
                }
                for (row, pixel) in pixels.iter().enumerate() {
                    let start = pixel.output + columns.start;
                    tile.add_row_to(row, &mut self.output[start..start + columns.len()]);
                }
            }
        }
    }
}

/// Adds a sample's share to the gradient of the weights.
pub(super) struct WeightGradient<'a> {
    pub(super) window: &'a SlidingWindow,
    /// The padded input.
    pub(super) image: &'a [f32],
    /// The output's, without padding.
    pub(super) gradient: &'a [f32],
    pub(super) sums: &'a mut [f32],
}

impl Product for WeightGradient<'_> {
    /// Values under one row of the window.
    fn columns(&self) -> usize {
        self.window.kernel[1] * self.window.input[2]
    }

    #[inline(always)]
    fn compute<S: Simd, const R: usize, const N: usize>(&mut self, simd: S, columns: Range<usize>) {
        let SlidingWindow { input, kernel, stride, padding } = *self.window;
        let [height, width] = self.window.output().unwrap_or_default();
        let channels = self.sums.len() / self.window.taps();
        let image_row = padding.around(input)[1] * input[2];
        for first in (0..channels).step_by(R) {
            for down in 0..kernel[0] {
                let mut tile = Tile::<S, R, N>::new(simd);
                for y in 0..height {
                    let mut starts = [y * width * channels; R];
                    for (row, start) in starts.iter_mut().enumerate() {
                        *start += (first + row).min(channels - 1);
                    }
                    let left = Left { values: self.gradient, starts, step: channels };
                    let start = (y * stride[0] + down) * image_row + columns.start;
                    let right = Right { values: self.image, start, step: stride[1] * input[2] };
                    tile.add_products(width, &left, &right);
                }
                for channel in first..channels.min(first + R) {
                    let start = (channel * kernel[0] + down) * self.columns() + columns.start;
                    tile.add_row_to(channel - first, &mut self.sums[start..start + columns.len()]);
                }
            }
        }
    }
}
