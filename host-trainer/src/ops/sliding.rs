use std::ops::Range;

use pulp::Simd;

use super::Window;
use super::tile::{LANES, Left, Product, ROWS, Right, Tile};

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
    lines: Vec<Line>,
    /// From one pixel's factors to the next one's.
    image_step: usize,
    /// From one pixel to the next.
    output_step: usize,
    channels: usize,
}

/// Pixels of the output that are computed alike: each sums, over the sources, `depth` values of the image times as
/// many rows of weights.
struct Line {
    output: usize,
    pixels: usize,
    depth: usize,
    sources: Vec<Source>,
}

/// Where the first pixel's factors begin.
struct Source {
    image: usize,
    weight_row: usize,
}

impl Slides {
    /// From a padded input to `channels` outputs. Under a window, a row's values lie together.
    pub(super) fn forward(window: &Window, channels: usize) -> Self {
        let [height, width] = window.output().unwrap_or_default();
        let depth = window.kernel[1] * window.input[2];
        let row = window.padding.around(window.input)[1] * window.input[2];
        let line = |y| Line {
            output: y * width * channels,
            pixels: width,
            depth,
            sources: (0..window.kernel[0])
                .map(|down| Source { image: (y * window.stride[0] + down) * row, weight_row: down * depth })
                .collect(),
        };
        Self {
            lines: (0..height).map(line).collect(),
            image_step: window.stride[1] * window.input[2],
            output_step: channels,
            channels,
        }
    }

    /// From the gradient of `channels` outputs, padded by [`gradient_size`], to the input's. A pixel has been under the
    /// window's columns that are congruent to its own modulo the stride, so one line takes every so many pixels.
    pub(super) fn backward(window: &Window, channels: usize) -> Self {
        let [height, _] = window.output().unwrap_or_default();
        let ([_, margin], [_, row]) = (gradient_margin(window), gradient_size(window));
        let [input_height, input_width, input_channels] = window.input;
        let ([stride_down, stride], [pad_above, pad]) = (window.stride, window.padding.before());
        let line = |y: usize, phase: usize, weight_row: usize| {
            // The first pixel of this phase, in padded columns. It was under column `phase + stride * step` of the window
            // at output column `first / stride - step`. Weights lie with falling `step`, so the image is read forwards.
            let first = pad + (phase + stride - pad % stride) % stride;
            let steps = steps(window, phase);
            let depth = steps * channels;
            let source = |down: usize| {
                let above = (y + pad_above).checked_sub(down)?;
                let place = above / stride_down;
                (above.is_multiple_of(stride_down) && place < height).then(|| Source {
                    image: (place * row + margin + first / stride + 1 - steps) * channels,
                    weight_row: weight_row + down * depth,
                })
            };
            Line {
                output: (y * input_width + first - pad) * input_channels,
                pixels: (pad + input_width).saturating_sub(first).div_ceil(stride),
                depth,
                sources: (0..window.kernel[0]).filter_map(source).collect(),
            }
        };
        let lines = (0..input_height)
            .flat_map(|y| phases(window, channels).map(move |(phase, row)| line(y, phase, row)));
        Self {
            lines: lines.collect(),
            image_step: channels,
            output_step: stride * input_channels,
            channels: input_channels,
        }
    }
}

/// The columns of a window at which a stride lands together, each with where its rows of weights begin.
fn phases(window: &Window, channels: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
    let window = *window;
    (0..window.stride[1].min(window.kernel[1])).scan(0, move |row, phase| {
        let first = *row;
        *row += window.kernel[0] * steps(&window, phase) * channels;
        Some((phase, first))
    })
}

/// How many columns of the window are of one phase.
fn steps(window: &Window, phase: usize) -> usize {
    (window.kernel[1] - phase).div_ceil(window.stride[1])
}

/// Rows above and columns before an output's gradient that [`Slides::backward`] reads.
pub(super) fn gradient_margin(window: &Window) -> [usize; 2] {
    [0, steps(window, 0) - 1]
}

/// Height and width of an output's gradient with the columns around it that [`Slides::backward`] reads.
pub(super) fn gradient_size(window: &Window) -> [usize; 2] {
    let [height, width] = window.output().unwrap_or_default();
    let last = (window.padding.sides + window.input[1] - 1) / window.stride[1];
    [height, gradient_margin(window)[1] + width.max(last + 1)]
}

/// Rows of weights for [`Slides::forward`]: a row for each value under the window, a column for each output.
pub(super) fn forward_weights(weight: &[f32], window: &Window) -> Vec<f32> {
    let taps = window.taps();
    let channels = weight.len() / taps;
    rows((0..taps).map(|tap| (0..channels).map(move |channel| weight[channel * taps + tap])), channels)
}

/// Rows of weights for [`Slides::backward`]: a column for each input channel.
pub(super) fn backward_weights(weight: &[f32], window: &Window) -> Vec<f32> {
    let (taps, [_, _, inputs]) = (window.taps(), window.input);
    let channels = weight.len() / taps;
    let kernel_row = window.kernel[1] * inputs;
    let starts = phases(window, channels).flat_map(|(phase, _)| {
        let steps = steps(window, phase);
        (0..window.kernel[0]).flat_map(move |down| {
            let columns = (0..steps).rev().map(move |step| phase + step * window.stride[1]);
            columns.flat_map(move |column| {
                (0..channels).map(move |channel| channel * taps + down * kernel_row + column * inputs)
            })
        })
    });
    rows(starts.map(|start| weight[start..start + inputs].iter().copied()), inputs)
}

/// Rows that end with 0s up to whole vectors.
fn rows(rows: impl Iterator<Item = impl Iterator<Item = f32>>, columns: usize) -> Vec<f32> {
    let more = std::iter::repeat_n(0.0, columns.next_multiple_of(LANES) - columns);
    rows.flat_map(|row| row.chain(more.clone())).collect()
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
    fn compute<S: Simd, const N: usize>(&mut self, simd: S, columns: Range<usize>) {
        let Slides { lines, image_step, output_step, channels } = self.slides;
        let weight_step = channels.next_multiple_of(LANES);
        for line in lines {
            for first in (0..line.pixels).step_by(ROWS) {
                let mut tile = Tile::<S, N>::new(simd);
                for source in &line.sources {
                    let mut starts = [source.image; ROWS];
                    for (row, start) in starts.iter_mut().enumerate() {
                        *start += (first + row).min(line.pixels - 1) * image_step;
                    }
                    let left = Left { values: self.image, starts, step: 1 };
                    let start = source.weight_row * weight_step + columns.start;
                    let right = Right { values: self.weights, start, step: weight_step };
                    tile.add_products(line.depth, &left, &right);
                }
                for pixel in first..line.pixels.min(first + ROWS) {
                    let start = line.output + pixel * output_step + columns.start;
                    tile.add_row_to(pixel - first, &mut self.output[start..start + columns.len()]);
                }
            }
        }
    }
}

/// Adds a sample's share to the gradient of the weights.
pub(super) struct WeightGradient<'a> {
    pub(super) window: &'a Window,
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
    fn compute<S: Simd, const N: usize>(&mut self, simd: S, columns: Range<usize>) {
        let Window { input, kernel, stride, padding } = *self.window;
        let [height, width] = self.window.output().unwrap_or_default();
        let channels = self.sums.len() / self.window.taps();
        let image_row = padding.around(input)[1] * input[2];
        for first in (0..channels).step_by(ROWS) {
            for down in 0..kernel[0] {
                let mut tile = Tile::<S, N>::new(simd);
                for y in 0..height {
                    let mut starts = [y * width * channels; ROWS];
                    for (row, start) in starts.iter_mut().enumerate() {
                        *start += (first + row).min(channels - 1);
                    }
                    let left = Left { values: self.gradient, starts, step: channels };
                    let start = (y * stride[0] + down) * image_row + columns.start;
                    let right = Right { values: self.image, start, step: stride[1] * input[2] };
                    tile.add_products(width, &left, &right);
                }
                for channel in first..channels.min(first + ROWS) {
                    let start = (channel * kernel[0] + down) * self.columns() + columns.start;
                    tile.add_row_to(channel - first, &mut self.sums[start..start + columns.len()]);
                }
            }
        }
    }
}
