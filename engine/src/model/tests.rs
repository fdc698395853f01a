//! Networks in stages of any kind compute what they compute layer by layer, in memory of their own.

extern crate std;

use core::ops::Range;
use std::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::schedule::Stage;
use super::sizes::Sizes;
use super::*;
use crate::blob::{Clamp, Filter, FrontEndParams, MelScale, Normalisation, Op, Rescale, Window};

/// Weights for any filter of these networks.
const WEIGHTS: usize = 5 * 5 * 6 * 6;

/// What is left to chance of a layer.
type Dice = (u8, [Index; 6], [Index; 4]);

fn dice() -> impl Strategy<Value = Dice> {
    (0u8..6, any::<[Index; 6]>(), any::<[Index; 4]>())
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
fn window(input: [u16; 2], dice: &[Index; 6], outputs: &[Index; 4]) -> (Window, [u16; 2]) {
    let mut window = Window { kernel: [0; 2], stride: [0; 2], padding: [0; 2] };
    let mut output = [0; 2];
    for axis in 0..2 {
        let kernel = 1 + dice[axis].index(5) as u8;
        let stride = 1 + dice[2 + axis].index(3) as u8;
        let padding = dice[4 + axis].index(kernel.into()) as u8;
        let most = (input[axis] + u16::from(padding)).div_ceil(stride.into());
        // Mostly as large as can be.
        output[axis] = most - outputs[axis].index(usize::from(most.min(8))) as u16 / 4;
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
            let clamp = Clamp::NONE;
            (input, Op::Add { other: other as u8, input_rescale, other_rescale, output_rescale, clamp })
        }
        (2, _) => (output, Op::DepthwiseConv2d { window, filter: filter(weights, taps, input.channels) }),
        (3, _) => (output, Op::MaxPool { window, clamp: Clamp::NONE }),
        (4, _) => (output, Op::AveragePool { window, clamp: Clamp::NONE }),
        _ => {
            let filter = filter(weights, taps * usize::from(input.channels), channels);
            (Tensor { channels, ..output }, Op::Conv2d { window, filter })
        }
    };
    body.layers.push(Layer { input: index as u8, output, op }).unwrap();
}

/// A network of such layers with an ending, for an input of some height.
fn network<'w>(height: u16, layers: &[Dice], weights: &'w [u8]) -> Body<'w> {
    let rescale = Rescale { multiplier: 1 << 30, shift: 0 };
    let front_end = FrontEndParams {
        sample_rate: 8000,
        fft_length: 512,
        hop_length: 100,
        window_samples: 600,
        mel_bands: height,
        mel_scale: MelScale::Slaney,
        normalisation: Normalisation::Power { gain: 1.0 },
    };
    let labels = Emotion::ALL.into_iter().take(2).collect();
    let input = tensor(height, 7, 1);
    let mut body = Body { front_end, labels, input, ..Body::empty() };
    for dice in layers {
        push_layer(&mut body, weights, dice);
    }
    let index = body.layers.len();
    let channels = body.tensor(index).unwrap().channels;
    let softmax = Tensor { zero_point: -128, scale: 1.0 / 256.0, ..tensor(1, 1, 2) };
    let ending = [
        (tensor(1, 1, channels), Op::GlobalAveragePool { rescale }),
        (tensor(1, 1, 2), Op::Dense { filter: filter(weights, channels.into(), 2) }),
        (softmax, Op::Softmax { rescale: Rescale { shift: 23, ..rescale } }),
    ];
    for (number, (output, op)) in ending.into_iter().enumerate() {
        body.layers.push(Layer { input: (index + number) as u8, output, op }).unwrap();
    }
    validate::check(&body).unwrap();
    body
}

/// Stages that are allowed, from the last to the first.
fn any_stages(body: &Body<'_>, dice: &[(Index, Index)]) -> Vec<Stage> {
    let sizes = Sizes::of(body);
    let mut stages = Vec::new();
    let mut count = body.layers.len() + 1;
    for (first, stripe) in dice.iter().cycle() {
        let Some(last) = count.checked_sub(1) else { break };
        let earliest = sizes.first_together(last);
        count = earliest + first.index(count - earliest);
        let stripe = if count == last { usize::MAX } else { [1, 2, 4][stripe.index(3)] };
        stages.push(Stage { first: count, last, stripe });
    }
    stages.reverse();
    stages
}

/// What a model computes, tensor by tensor.
fn tensors(model: &Model<'_>, garbage: i8) -> Vec<Vec<i8>> {
    let mut scratch = std::vec![garbage; model.plan.scratch_bytes()];
    let mut tensors = std::vec![Vec::new(); model.layers().len() + 1];
    let fill = |band: usize, row: &mut [i8]| {
        for (frame, value) in row.iter_mut().enumerate() {
            *value = (band * 89 + frame * 41) as i8;
        }
    };
    model.run_watched(&mut scratch, fill, |rows| {
        let tensor: &mut Vec<i8> = &mut tensors[rows.tensor];
        assert_eq!(tensor.len(), rows.first * model.tensor(rows.tensor).unwrap().row_len());
        tensor.extend_from_slice(rows.values);
    });
    assert_eq!(Some(model.scores(&scratch)), tensors.iter().rev().nth(1).map(Vec::as_slice));
    assert_eq!(Some(model.probabilities(&scratch)), tensors.last().map(Vec::as_slice));
    tensors
}

fn are_apart(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.is_empty() || b.is_empty() || a.end <= b.start || b.end <= a.start
}

/// What is needed during a stage lies apart and within the scratch memory. Returns how much it is, at most.
fn assert_apart(plan: &Plan) -> usize {
    let needs = plan.stages().map(|(stage, kernel)| {
        let tensors = plan.tensors().iter().filter(|t| t.first <= stage.last && stage.first <= t.last);
        let places: Vec<_> = tensors.map(|tensor| &tensor.bytes).chain([kernel]).collect();
        for (index, a) in places.iter().enumerate() {
            assert!(a.end <= plan.scratch_bytes());
            assert!(places[index + 1..].iter().all(|b| are_apart(a, b)), "{plan:?}");
        }
        places.iter().map(|place| sizes::aligned(place.len())).sum()
    });
    needs.max().unwrap_or(0)
}

proptest! {
    #[test]
    fn stages_do_not_change_what_is_computed(
        height in 1u16..20,
        layers in vec(dice(), 1..12),
        stages in vec(any::<(Index, Index)>(), 40),
        weights in vec(any::<u8>(), WEIGHTS),
        garbage: i8,
    ) {
        let body = network(height, &layers, &weights);
        let singly = (0..=body.layers.len()).map(Stage::whole).collect();
        let singly = Model { plan: Plan::of_stages(&body, singly), body: body.clone() };
        let mut chosen = Model { plan: Plan::empty(), body: body.clone() };
        chosen.plan.read(&body);
        let any = Model { plan: Plan::of_stages(&body, any_stages(&body, &stages)), body };

        let expected = tensors(&singly, garbage);
        // Below what the front end needs, nothing is saved.
        let enough = 4 * (512 + usize::from(height) + 1);
        let least = assert_apart(&chosen.plan).max(enough);
        for model in [&singly, &chosen, &any] {
            // A band's last rows may be left out.
            for (expected, tensor) in expected.iter().zip(tensors(model, !garbage)) {
                prop_assert_eq!(&expected[..tensor.len()], &tensor);
            }
            prop_assert!(least <= assert_apart(&model.plan).max(enough));
        }
    }
}
