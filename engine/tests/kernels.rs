//! Laws of the kernels over any shapes. Their values are held to TFLite's in the `parity` package.
#![cfg(all(feature = "std", feature = "unstable"))]

use proptest::collection::vec;
use proptest::prelude::*;
use prosodia::blob::{Clamp, Filter, Rescale, Tensor, Window};
use prosodia::kernels::{
    AddRescale, Input, Output, add, average_pool, conv2d, conv2d_scratch_bytes, dense, depthwise_conv2d,
    global_average_pool, max_pool, softmax,
};

/// Weights and biases for factors of 2^-8.
#[derive(Debug, Clone)]
struct FilterBytes([Vec<u8>; 4]);

impl FilterBytes {
    /// Biases with an input's zero point folded in; `sums` are those of the weights.
    fn new(weights: &[i8], zero_point: i8, sums: &[i32]) -> Self {
        let folded = sums.iter().map(|sum| -i32::from(zero_point) * sum);
        Self([
            weights.iter().map(|&weight| weight as u8).collect(),
            folded.flat_map(i32::to_le_bytes).collect(),
            (1i32 << 30).to_le_bytes().repeat(sums.len()),
            vec![249; sums.len()], // -7
        ])
    }

    /// Weights in rows, one for each output channel.
    fn from_rows(weights: &[i8], zero_point: i8, channels: usize) -> Self {
        let rows = weights.chunks(weights.len() / channels);
        let sums: Vec<i32> = rows.map(|row| row.iter().copied().map(i32::from).sum()).collect();
        Self::new(weights, zero_point, &sums)
    }

    fn filter(&self) -> Filter<'_> {
        let [weights, bias, multipliers, shifts] = &self.0;
        Filter { weights, bias, multipliers, shifts, clamp: Clamp::NONE }
    }
}

/// An input with values, a window over it, and as many output positions as windows begin in it.
#[derive(Debug, Clone)]
struct Scene {
    input: Tensor,
    values: Vec<i8>,
    window: Window,
    positions: [u16; 2],
}

impl Scene {
    fn any() -> impl Strategy<Value = Self> {
        let kernel = prop::sample::select(vec![[1, 1], [3, 3], [1, 3], [5, 2], [2, 2]]);
        let sizes = ([1u16..8, 1u16..8], 1u16..35, kernel, [1u8..4, 1u8..4], any::<bool>(), any::<i8>());
        let scene = sizes.prop_map(|([height, width], channels, kernel, stride, pad, zero_point)| {
            let padding = if pad { kernel.map(|size| size - 1) } else { [0, 0] };
            let windows =
                |size: u16, axis: usize| (size + u16::from(padding[axis])).div_ceil(stride[axis].into());
            let input = Tensor { height, width, channels, zero_point, scale: 1.0 };
            let positions = [windows(height, 0), windows(width, 1)];
            Self { input, values: Vec::new(), window: Window { kernel, stride, padding }, positions }
        });
        scene.prop_flat_map(|scene| {
            let values = vec(any::<i8>(), scene.input.len());
            values.prop_map(move |values| Self { values, ..scene.clone() })
        })
    }

    fn taps(&self) -> usize {
        self.window.kernel.map(usize::from).iter().product()
    }

    fn input(&self) -> Input<'_> {
        Input { tensor: self.input, data: &self.values }
    }

    /// What `kernel` writes with this many output channels.
    fn output(&self, channels: u16, kernel: impl FnOnce(Input<'_>, Output<'_>)) -> Vec<i8> {
        let [height, width] = self.positions;
        let tensor = Tensor { height, width, channels, zero_point: -3, scale: 1.0 };
        let mut data = vec![0; tensor.len()];
        kernel(self.input(), Output { tensor, data: &mut data });
        data
    }

    /// The same scene with its padding written out as zero points, on all sides.
    fn padded(&self) -> Self {
        let [above, left] = self.window.padding.map(u16::from);
        let [kernel_height, kernel_width] = self.window.kernel.map(u16::from);
        let height = above + self.input.height + kernel_height;
        let width = left + self.input.width + kernel_width;
        let input = Tensor { height, width, ..self.input };
        let mut values = vec![self.input.zero_point; input.len()];
        let row_values = usize::from(self.input.width) * usize::from(self.input.channels);
        let padded_row = usize::from(width) * usize::from(self.input.channels);
        let rows = values.chunks_mut(padded_row).skip(above.into());
        for (padded, row) in rows.zip(self.values.chunks(row_values)) {
            let start = usize::from(left) * usize::from(self.input.channels);
            padded[start..start + row_values].copy_from_slice(row);
        }
        let window = Window { padding: [0, 0], ..self.window };
        Self { input, values, window, positions: self.positions }
    }
}

fn weights_for(scene: &Scene, outputs: usize) -> impl Strategy<Value = Vec<i8>> + use<> {
    vec(any::<i8>(), scene.taps() * usize::from(scene.input.channels) * outputs)
}

proptest! {
    #[test]
    fn padding_reads_as_the_zero_point(
        (scene, weights, depthwise) in Scene::any().prop_flat_map(|scene| {
            let weights = [3, 1].map(|outputs| weights_for(&scene, outputs));
            let [conv, depthwise] = weights;
            (Just(scene), conv, depthwise)
        })
    ) {
        let padded = scene.padded();
        let conv = FilterBytes::from_rows(&weights, scene.input.zero_point, 3);
        let run = |scene: &Scene| scene.output(3, |input, output| {
            conv2d(input, output, scene.window, &conv.filter(), &mut []);
        });
        prop_assert_eq!(run(&scene), run(&padded));

        let channels = usize::from(scene.input.channels);
        let column = |channel| depthwise.iter().skip(channel).step_by(channels).copied().map(i32::from).sum();
        let sums: Vec<i32> = (0..channels).map(column).collect();
        let depthwise = FilterBytes::new(&depthwise, scene.input.zero_point, &sums);
        let run = |scene: &Scene| scene.output(scene.input.channels, |input, output| {
            depthwise_conv2d(input, output, scene.window, &depthwise.filter());
        });
        prop_assert_eq!(run(&scene), run(&padded));
    }

    #[test]
    fn a_depthwise_convolution_is_a_convolution_with_diagonal_weights(
        (scene, weights) in Scene::any().prop_flat_map(|scene| (Just(scene.clone()), weights_for(&scene, 1)))
    ) {
        let channels = usize::from(scene.input.channels);
        let diagonal: Vec<i8> = (0..channels)
            .flat_map(|output| {
                let weights = weights.iter().enumerate();
                weights.map(move |(i, &weight)| if i % channels == output { weight } else { 0 })
            })
            .collect();
        let full = FilterBytes::from_rows(&diagonal, scene.input.zero_point, channels);
        let [_, bias, multipliers, shifts] = full.0.clone();
        let sparse = FilterBytes([weights.iter().map(|&w| w as u8).collect(), bias, multipliers, shifts]);
        let count = scene.input.channels;
        let window = scene.window;
        prop_assert_eq!(
            scene.output(count, |input, output| conv2d(input, output, window, &full.filter(), &mut [])),
            scene.output(count, |input, output| depthwise_conv2d(input, output, window, &sparse.filter()))
        );
    }

    #[test]
    fn a_dense_layer_is_a_convolution_as_large_as_its_input(
        (scene, weights) in Scene::any().prop_flat_map(|scene| {
            let weights = vec(any::<i8>(), scene.input.len() * 5);
            (Just(scene), weights)
        })
    ) {
        let scene = Scene { positions: [1, 1], ..scene };
        let kernel = [scene.input.height as u8, scene.input.width as u8];
        let window = Window { kernel, stride: [1, 1], padding: [0, 0] };
        let bytes = FilterBytes::from_rows(&weights, scene.input.zero_point, 5);
        prop_assert_eq!(
            scene.output(5, |input, output| dense(input, output, &bytes.filter())),
            scene.output(5, |input, output| conv2d(input, output, window, &bytes.filter(), &mut []))
        );
    }

    #[test]
    fn a_mean_is_at_most_the_largest(scene in Scene::any()) {
        let (channels, window) = (scene.input.channels, scene.window);
        let largest = scene.output(channels, |input, output| max_pool(input, output, window, Clamp::NONE));
        let means = scene.output(channels, |input, output| average_pool(input, output, window, Clamp::NONE));
        prop_assert!(means.iter().zip(&largest).all(|(mean, largest)| mean <= largest));
        let top = i32::from(*scene.values.iter().max().unwrap_or(&0));
        prop_assert!(largest.iter().all(|&value| i32::from(value) <= top));
    }

    #[test]
    fn a_window_over_everything_averages_as_the_global_pool_does(scene in Scene::any()) {
        let scene = Scene { positions: [1, 1], input: Tensor { zero_point: -3, ..scene.input }, ..scene };
        let kernel = [scene.input.height as u8, scene.input.width as u8];
        let window = Window { kernel, stride: [1, 1], padding: [0, 0] };
        let channels = scene.input.channels;
        let window = scene.output(channels, |input, output| average_pool(input, output, window, Clamp::NONE));
        let global = scene.output(channels, |input, output| {
            global_average_pool(input, output, Rescale::from_real(1.0));
        });
        // They break ties differently: the one around 0, the other around the zero point.
        prop_assert!(window.iter().zip(&global).all(|(a, &b)| a.abs_diff(b) <= 1));
    }

    #[test]
    fn addition_commutes(
        pairs in vec(any::<(i8, i8)>(), 1..50), zero_points: (i8, i8), a in 0.0..1.0, b in 0.0..1.0
    ) {
        let tensor = |zero_point| {
            Tensor { height: 1, width: 1, channels: pairs.len() as u16, zero_point, scale: 1.0 }
        };
        let (left, right): (Vec<i8>, Vec<i8>) = pairs.iter().copied().unzip();
        let left = Input { tensor: tensor(zero_points.0), data: &left };
        let right = Input { tensor: tensor(zero_points.1), data: &right };
        let [a, b, output] = [a, b, 1e-6].map(Rescale::from_real);
        let run = |first, second, input, other| {
            let mut data = vec![0; pairs.len()];
            let rescale = AddRescale { input, other, output };
            add(first, second, Output { tensor: tensor(7), data: &mut data }, rescale, Clamp::NONE);
            data
        };
        prop_assert_eq!(run(left, right, a, b), run(right, left, b, a));
    }

    #[test]
    fn probabilities_sum_to_1_in_the_order_of_the_scores(row in vec(any::<i8>(), 1..40), scale in 1e-4..1.0) {
        let tensor = Tensor { height: 1, width: 1, channels: row.len() as u16, zero_point: 0, scale: 1.0 };
        let mut data = vec![0; row.len()];
        let rescale = Rescale::from_real(scale * f64::from(1 << 26));
        softmax(Input { tensor, data: &row }, Output { tensor, data: &mut data }, rescale);
        let sum: i32 = data.iter().map(|&q| i32::from(q) + 128).sum();
        // Each is off by half a step at most, and 256/256 by a whole one.
        prop_assert!((sum - 256).unsigned_abs() as usize <= row.len().div_ceil(2) + 1, "{}", sum);
        for (a, b) in row.iter().zip(&data) {
            prop_assert!(row.iter().zip(&data).all(|(c, d)| a < c || b >= d));
        }
    }

    /// Whatever the shapes say, and however short the slices are.
    #[test]
    fn nothing_panics(
        shapes: [[u8; 3]; 2], zero_points: [i8; 2], window: [[u8; 2]; 3], clamp: (i8, i8),
        values in vec(any::<i8>(), 0..300), other in vec(any::<i8>(), 0..300), length in 0usize..300,
        bytes: [[u8; 32]; 4], rescale: (i32, i8),
    ) {
        let tensors = [0, 1].map(|i| {
            let [height, width, channels] = shapes[i].map(|size| u16::from(size % 9));
            Tensor { height, width, channels, zero_point: zero_points[i], scale: 1.0 }
        });
        let [kernel, stride, padding] = window;
        let window = Window { kernel, stride, padding };
        let clamp = Clamp { low: clamp.0, high: clamp.1 };
        let [weights, bias, multipliers, shifts] = &bytes;
        let filter = Filter { weights, bias, multipliers, shifts, clamp };
        let rescale = Rescale { multiplier: rescale.0, shift: rescale.1 };
        let input = Input { tensor: tensors[0], data: &values };
        let run = |kernel: &dyn Fn(Output<'_>)| {
            kernel(Output { tensor: tensors[1], data: &mut vec![0; length] });
        };
        run(&|output| conv2d(input, output, window, &filter, &mut []));
        run(&|output| depthwise_conv2d(input, output, window, &filter));
        run(&|output| dense(input, output, &filter));
        run(&|output| max_pool(input, output, window, clamp));
        run(&|output| average_pool(input, output, window, clamp));
        run(&|output| global_average_pool(input, output, rescale));
        run(&|output| softmax(input, output, rescale));
        let other = Input { tensor: tensors[1], data: &other };
        let rescale = AddRescale { input: rescale, other: rescale, output: rescale };
        run(&|output| add(input, other, output, rescale, clamp));
    }

    /// Slices that match their shapes, so that a fast kernel takes the layer, down to shapes of nothing.
    #[test]
    fn nothing_panics_where_slices_match(
        shapes: [[u8; 3]; 2], zero_points: [i8; 2], kernel: [u8; 2], stride: [u8; 2], padding: [u8; 2],
        narrow: bool, seed: u8,
    ) {
        let tensor = |shape: [u8; 3], zero_point| {
            let [height, width, channels] = shape.map(|size| u16::from(size % 6));
            Tensor { height, width, channels, zero_point, scale: 1.0 }
        };
        // Half of the kernels are as small as most are.
        let kernel = kernel.map(|size| if narrow { size % 4 } else { size });
        let window = Window { kernel, stride, padding };
        let (from, to) = (tensor(shapes[0], zero_points[0]), tensor(shapes[1], zero_points[1]));
        let values = vec![seed as i8; from.len()];
        let input = Input { tensor: from, data: &values };
        let taps = usize::from(kernel[0]) * usize::from(kernel[1]);
        let mut scratch = vec![0; conv2d_scratch_bytes(taps * usize::from(from.channels))];

        let outputs = usize::from(to.channels);
        let weights = vec![seed as i8; outputs * taps * usize::from(from.channels)];
        let bytes = FilterBytes::new(&weights, 0, &vec![7; outputs]);
        let mut data = vec![0; to.len()];
        conv2d(input, Output { tensor: to, data: &mut data }, window, &bytes.filter(), &mut scratch);

        let to = Tensor { channels: from.channels, ..to };
        let bytes = FilterBytes::new(&weights[..0], 0, &vec![7; usize::from(from.channels)]);
        let weights = vec![seed; taps * usize::from(from.channels)];
        let filter = Filter { weights: &weights, ..bytes.filter() };
        let mut data = vec![0; to.len()];
        depthwise_conv2d(input, Output { tensor: to, data: &mut data }, window, &filter);
        max_pool(input, Output { tensor: to, data: &mut data }, window, Clamp::NONE);
        average_pool(input, Output { tensor: to, data: &mut data }, window, Clamp::NONE);
    }
}
