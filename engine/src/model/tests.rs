//! A stream computes what the same layers compute over the whole recording at once.

extern crate std;

use core::num::NonZeroU8;
use std::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::blob::{
    Body, Clamp, Filter, FrontEndParams, Layer, MelScale, Normalisation, Op, Rescale, Tensor, Window,
};
use crate::kernels::{self, AddRescale, Input, Output};

/// Weights for any filter of these networks.
pub(super) const WEIGHTS: usize = 20 * 8 * 6 * 6;

/// What is left to chance of a layer.
pub(super) type Dice = (u8, [Index; 6], [Index; 5]);

pub(super) fn dice() -> impl Strategy<Value = Dice> {
    (0u8..7, any::<[Index; 6]>(), any::<[Index; 5]>())
}

fn tensor(height: u16, width: u16, channels: u16) -> Tensor {
    Tensor { height, width, channels, zero_point: -3, scale: 0.1 }
}

fn filter(weights: &[u8], per_channel: usize, channels: u16) -> Filter<'_> {
    const TWO_TO_30: [[u8; 4]; 8] = [[0, 0, 0, 64]; 8];
    let channels = usize::from(channels);
    Filter {
        weights: &weights[..per_channel * channels],
        bias: &[0; 32][..4 * channels],
        multipliers: TWO_TO_30[..channels].as_flattened(),
        shifts: &[250; 8][..channels], // -6
        clamp: Clamp { low: -3, high: 127 },
    }
}

/// A window over an input of one size, and an output's size that it has.
fn window(input: [u16; 2], dice: &[Index; 6], outputs: &[Index; 5]) -> (Window, [u16; 2]) {
    let mut window = Window { kernel: [0; 2], stride: [0; 2], padding: [0; 2] };
    let mut output = [0; 2];
    for axis in 0..2 {
        // Without padding behind, a kernel larger than its input has no place.
        let kernel = 1 + dice[axis].index(usize::from(input[axis]).min(5)) as u8;
        let stride = 1 + dice[2 + axis].index(3) as u8;
        let padding = dice[4 + axis].index(kernel.into()) as u8;
        let padded = input[axis] + u16::from(padding);
        let most = padded.div_ceil(stride.into());
        let least = (padded - u16::from(kernel)) / u16::from(stride) + 1;
        output[axis] = least + outputs[axis].index(usize::from(most - least) + 1) as u16;
        (window.kernel[axis], window.stride[axis], window.padding[axis]) = (kernel, stride, padding);
    }
    (window, output)
}

fn push_layer<'w>(body: &mut Body<'w>, weights: &'w [u8], (op, sizes, others): &Dice) {
    let rescale = Rescale { multiplier: 1 << 30, shift: -1 };
    let count = body.layers.len() + 1;
    // The latest tensor, or sometimes an earlier one.
    let index = count - 1 - others[2].index(count.min(3)) / 2;
    let input = body.tensor(index).unwrap();
    let (window, [height, width]) = window([input.height, input.width], sizes, others);
    let output = Tensor { height, width, ..input };
    let taps = window.kernel.map(usize::from).iter().product::<usize>();
    let channels = 1 + others[3].index(6) as u16;
    let alike = |other: &usize| {
        let other = body.tensor(*other).unwrap();
        (other.height, other.width, other.channels) == (input.height, input.width, input.channels)
    };
    let (output, op) = match (op, (0..index).rfind(alike)) {
        (0 | 1, Some(other)) => {
            let [input_rescale, other_rescale] = [rescale; 2];
            let output_rescale = Rescale { shift: -18, ..rescale };
            let other = other as u8;
            (input, Op::Add { other, input_rescale, other_rescale, output_rescale, clamp: Clamp::NONE })
        }
        (0 | 2, _) => (output, Op::MaxPool { window, clamp: Clamp::NONE }),
        (3, _) => (output, Op::AveragePool { window, clamp: Clamp::NONE }),
        (4, _) => (output, Op::DepthwiseConv2d { window, filter: filter(weights, taps, input.channels) }),
        _ => {
            let filter = filter(weights, taps * usize::from(input.channels), channels);
            (Tensor { channels, ..output }, Op::Conv2d { window, filter })
        }
    };
    let lag = others[4].index(9).saturating_sub(5) as u8;
    body.layers.push(Layer { input: index as u8, lag, output, op }).unwrap();
}

/// A network whose input has so many rows in a window.
pub(super) fn network<'w>(height: u16, layers: &[Dice], has_mean: bool, weights: &'w [u8]) -> Body<'w> {
    let rescale = Rescale { multiplier: 1 << 30, shift: -1 };
    let front_end = FrontEndParams {
        sample_rate: 16_000,
        fft_length: 512,
        hop_length: 256,
        window_samples: 256 * (u32::from(height) - 1) + 1,
        mel_bands: 7,
        mel_scale: MelScale::Slaney,
        normalisation: Normalisation::Power { gain: 1.0, root: NonZeroU8::MIN, offset: -128.0 },
    };
    let mut body = Body {
        name: "random",
        labels: ["a", "b"].into_iter().collect(),
        front_end: Some(front_end),
        input: tensor(height, 7, 1),
        layers: heapless::Vec::new(),
    };
    for dice in layers {
        push_layer(&mut body, weights, dice);
    }
    let input = |body: &Body<'_>| body.layers.len() as u8;
    let last = body.tensor(body.layers.len()).unwrap();
    if has_mean {
        let mean = tensor(1, 1, last.channels);
        let op = Op::GlobalAveragePool { rescale };
        body.layers.push(Layer { input: input(&body), lag: 0, output: mean, op }).unwrap();
    }
    let last = body.tensor(body.layers.len()).unwrap();
    let op = Op::Dense { filter: filter(weights, last.len(), 2) };
    body.layers.push(Layer { input: input(&body), lag: 0, output: tensor(1, 1, 2), op }).unwrap();
    let output = Tensor { zero_point: -128, scale: 1.0 / 256.0, ..tensor(1, 1, 2) };
    let op = Op::Softmax { rescale: Rescale { shift: 23, ..rescale } };
    body.layers.push(Layer { input: input(&body), lag: 0, output, op }).unwrap();
    body
}

/// An input of so many rows.
fn input(rows: usize, width: usize) -> Vec<i8> {
    (0..rows).flat_map(|row| (0..width).map(move |band| (band * 89 + row * 41 + row * row) as i8)).collect()
}

/// Every tensor, row after row, as a stream computes it. The last rows of each come when the input has ended.
fn stream(model: &Model<'_>, input: &[i8], garbage: i8) -> Vec<Vec<i8>> {
    let mut arena = std::vec![garbage; model.layout().arena_bytes()];
    let mut tensors = std::vec![Vec::new(); model.network().len() + 1];
    let mut run = Run::new(*model, &mut arena);
    let mut watch = |row: TensorRow<'_>| tensors[row.tensor].extend_from_slice(row.values);
    let mut answered = false;
    for row in input.chunks_exact(model.network().tensor(0).unwrap().row_len()) {
        answered |= run.push(|values| values.copy_from_slice(row), &mut watch);
    }
    answered |= run.finish(&mut watch);
    let [scores, probabilities] = [run.scores(), run.answer()].map(<[i8]>::to_vec);
    if answered {
        assert!(tensors[tensors.len() - 2].ends_with(&scores));
        assert!(tensors[tensors.len() - 1].ends_with(&probabilities));
    }
    tensors
}

/// Every tensor, computed layer by layer over the whole recording: means and dense layers slide over their input, and
/// padding behind it is that which a window has.
fn at_once(body: &Body<'_>, recording: &[i8]) -> Vec<Vec<i8>> {
    let mut tensors = std::vec![recording.to_vec()];
    for layer in &body.layers {
        let shape = |index: usize| {
            let tensor = body.tensor(index).unwrap();
            Tensor { height: (tensors[index].len() / tensor.row_len()) as u16, ..tensor }
        };
        let whole = shape(layer.input.into());
        let window = body.tensor(layer.input.into()).unwrap();
        let data = &tensors[usize::from(layer.input)];
        let input = Input { tensor: whole, data };
        tensors.push(match layer.op {
            Op::GlobalAveragePool { rescale } => {
                slide(input, window.height, layer.output, |input, output| {
                    kernels::global_average_pool(input, output, rescale);
                })
            }
            Op::Dense { filter } => slide(input, window.height, layer.output, |input, output| {
                kernels::dense(input, output, &filter);
            }),
            Op::Softmax { rescale } => slide(input, 1, layer.output, |input, output| {
                kernels::softmax(input, output, rescale);
            }),
            Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } => {
                let rescale =
                    AddRescale { input: input_rescale, other: other_rescale, output: output_rescale };
                let other = Input { tensor: shape(other.into()), data: &tensors[usize::from(other)] };
                let length = input.data.len().min(other.data.len());
                let [a, b] = [input, other].map(|input| Input { data: &input.data[..length], ..input });
                let mut data = std::vec![0; length];
                kernels::add(a, b, Output { tensor: layer.output, data: &mut data }, rescale, clamp);
                data
            }
            Op::Conv2d { window: w, .. }
            | Op::DepthwiseConv2d { window: w, .. }
            | Op::MaxPool { window: w, .. }
            | Op::AveragePool { window: w, .. } => {
                let [kernel, stride, above] =
                    [w.kernel, w.stride, w.padding].map(|[down, _]| i64::from(down));
                let below =
                    (i64::from(layer.output.height) - 1) * stride + kernel - above - i64::from(window.height);
                let rows = i64::from(whole.height);
                // Every kernel touches the input.
                let ends = (rows + above + below.max(0) - kernel).min(rows + above - 1);
                let height = if ends < 0 || rows == 0 { 0 } else { ends / stride + 1 };
                let output = Tensor { height: height as u16, ..layer.output };
                let mut data = std::vec![0; output.len()];
                let written = Output { tensor: output, data: &mut data };
                match layer.op {
                    Op::Conv2d { filter, .. } => kernels::plain::conv2d(input, written, w, &filter),
                    Op::DepthwiseConv2d { filter, .. } => {
                        kernels::plain::depthwise_conv2d(input, written, w, &filter);
                    }
                    Op::MaxPool { clamp, .. } => kernels::max_pool(input, written, w, clamp),
                    Op::AveragePool { clamp, .. } => kernels::average_pool(input, written, w, clamp),
                    _ => unreachable!(),
                }
                data
            }
        });
    }
    tensors
}

/// An operator that reads so many rows for one of its output, over all rows of the input.
fn slide(input: Input<'_>, rows: u16, output: Tensor, compute: impl Fn(Input<'_>, Output<'_>)) -> Vec<i8> {
    let row_len = input.tensor.row_len();
    let windows = input.data.windows(row_len * usize::from(rows)).step_by(row_len);
    let mut data = Vec::new();
    for window in windows {
        let mut row = std::vec![0; output.row_len()];
        let tensor = Tensor { height: rows, ..input.tensor };
        compute(Input { tensor, data: window }, Output { tensor: output, data: &mut row });
        data.extend(row);
    }
    data
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 1024 }))]

    #[test]
    fn a_stream_is_the_layers_over_the_whole_recording(
        height in 1u16..20,
        layers in vec(dice(), 1..12),
        has_mean: bool,
        weights in vec(any::<u8>(), WEIGHTS),
        windows in 0.2f64..3.0,
        garbage: i8,
    ) {
        let body = network(height, &layers, has_mean, &weights);
        let blob = body.to_bytes().unwrap();
        let model = match Model::from_bytes(&blob) {
            // Random layers may add what does not keep pace.
            Err(LoadError::Pace) => return Err(TestCaseError::reject("tensors that do not keep pace")),
            model => model.unwrap(),
        };
        for rows in [usize::from(height), (f64::from(height) * windows) as usize] {
            let recording = input(rows, 7);
            let streamed = stream(&model, &recording, garbage);
            let expected = at_once(&body, &recording);
            for (tensor, (found, expected)) in streamed.iter().zip(&expected).enumerate() {
                // At the end no row need be computed that no answer is made from.
                prop_assert_eq!(found, &expected[..found.len()], "tensor {} of {} rows", tensor, rows);
            }
            prop_assert_eq!(streamed.last(), expected.last(), "answers after {} rows", rows);
            // A window has exactly one answer.
            if rows == usize::from(height) {
                prop_assert_eq!(streamed.last().map(Vec::len), Some(2));
            }
        }
    }

    #[test]
    fn a_network_without_a_front_end_answers_as_the_layers_do(
        height in 1u16..20,
        layers in vec(dice(), 1..12),
        weights in vec(any::<u8>(), WEIGHTS),
        is_cut_off: bool,
    ) {
        let mut body = network(height, &layers, false, &weights);
        body.front_end = None;
        if is_cut_off {
            body.layers.pop(); // the softmax
            body.labels.clear();
        }
        let blob = body.to_bytes().unwrap();
        let mut network = std::boxed::Box::new(crate::Network::<65_536>::new());
        match network.load(&blob) {
            Err(LoadError::Pace) => return Err(TestCaseError::reject("tensors that do not keep pace")),
            loaded => loaded.unwrap(),
        }
        let window = input(height.into(), 7);
        let expected = at_once(&body, &window);
        // What was before makes no difference.
        network.push(&[99; 7]).unwrap();
        for _ in 0..2 {
            prop_assert_eq!(network.run(&window), Ok(expected.last().unwrap().as_slice()));
        }
        let mut answers = Vec::new();
        for row in window.chunks_exact(7) {
            answers.extend(network.push(row).unwrap().map(<[i8]>::to_vec));
        }
        answers.push(network.finish().unwrap().to_vec());
        prop_assert!(answers.iter().all(|answer| answer == expected.last().unwrap()));
    }

    #[test]
    fn the_first_answer_and_the_next_come_when_the_pace_says(
        height in 1u16..20,
        layers in vec(dice(), 1..12),
        weights in vec(any::<u8>(), WEIGHTS),
    ) {
        let body = network(height, &layers, true, &weights);
        let blob = body.to_bytes().unwrap();
        let Ok(model) = Model::from_bytes(&blob) else {
            return Err(TestCaseError::reject("tensors that do not keep pace"));
        };
        let mut arena = std::vec![0; model.layout().arena_bytes()];
        let mut run = Run::new(model, &mut arena);
        let pace = model.pace();
        for row in 1..=pace.first_answer + 2 * pace.rows_an_answer {
            let is_due = row >= pace.first_answer
                && (row - pace.first_answer).is_multiple_of(pace.rows_an_answer);
            prop_assert_eq!(run.push(|values| values.fill(row as i8), |_| ()), is_due, "row {}", row);
        }
    }
}
