//! Small valid models that the tests then spoil.

use std::num::{NonZeroU8, NonZeroU16};

use prosodia::blob::{
    Body, Clamp, Filter, FrontEndParams, Layer, MelScale, Normalisation, Op, Reference, Rescale,
    RunningParams, Tensor, Window,
};

/// Four bands that multiply by 500 and add 2^20.
const BANDS: [u8; 32] = {
    let mut bytes = [0; 32];
    let mut band = 0;
    while band < 4 {
        bytes[band * 8] = 244;
        bytes[band * 8 + 1] = 1;
        bytes[band * 8 + 6] = 16;
        band += 1;
    }
    bytes
};

/// A running reference over four bands.
pub const RUNNING: RunningParams<'static> = RunningParams {
    loudness_bands: [1, 3],
    lasting: 2,
    quietest: -9000,
    held: 8,
    speech_below: 2560,
    pause: 6,
    prior_weight: 10,
    memory: 1000,
    prior: &[0, 8, 0, 252, 1, 0, 255, 255], // 2048, -1024, 1, -1
};

/// One operator of each kind: two convolutions with a shortcut, two pools, mean, dense, softmax.
pub fn every_operator() -> Body<'static> {
    let rescale = Rescale { multiplier: 1 << 30, shift: 0 };
    let same = Window { kernel: [3, 3], stride: [1, 1], padding: [1, 1] };
    let halving = Window { kernel: [2, 2], stride: [2, 2], padding: [0, 0] };
    let add = Op::Add {
        other: 1,
        input_rescale: rescale,
        other_rescale: Rescale { shift: -1, ..rescale },
        output_rescale: Rescale { shift: -18, ..rescale },
        clamp: Clamp { low: -5, high: 127 },
    };
    let softmax = Tensor { zero_point: -128, scale: 1.0 / 256.0, ..tensor(1, 1, 3) };
    let layers = [
        (0, tensor(5, 4, 2), Op::Conv2d { window: same, filter: filter(&[3; 18]) }),
        (1, tensor(5, 4, 2), Op::DepthwiseConv2d { window: same, filter: filter(&[250; 18]) }),
        (2, tensor(5, 4, 2), add),
        (3, tensor(2, 2, 2), Op::MaxPool { window: halving, clamp: Clamp::NONE }),
        (4, tensor(1, 1, 2), Op::AveragePool { window: halving, clamp: Clamp::NONE }),
        (5, tensor(1, 1, 2), Op::GlobalAveragePool { rescale }),
        (6, tensor(1, 1, 3), Op::Dense { filter: dense_filter() }),
        (7, softmax, Op::Softmax { rescale: Rescale { shift: 23, ..rescale } }),
    ];
    Body {
        name: "every operator",
        labels: ["angry", "neutral", "happy"].into_iter().collect(),
        front_end: Some(FrontEndParams {
            sample_rate: 16_000,
            fft_length: 512,
            hop_length: 256,
            window_samples: 1024,
            mel_bands: 4,
            mel_scale: MelScale::Logarithmic { corner_hz: const { NonZeroU16::new(700).unwrap() } },
            normalisation: Normalisation::Decibel { bands: &BANDS, reference: Reference::Running(RUNNING) },
        }),
        input: tensor(5, 4, 1),
        layers: layers.into_iter().map(|(input, output, op)| Layer { input, lag: 0, output, op }).collect(),
    }
}

/// The least that is a model: it tells loud from quiet by the power of three frames in one band.
pub fn loud() -> Body<'static> {
    let logits = Tensor { zero_point: 3, scale: 0.25, ..tensor(1, 1, 2) };
    let probabilities = Tensor { zero_point: -128, scale: 1.0 / 256.0, ..logits };
    let filter = Filter { weights: &[40, 40, 40, 216, 216, 216], clamp: Clamp::NONE, ..filter(&[]) };
    let rescale = Rescale { multiplier: 1 << 30, shift: 25 };
    let layers = [
        Layer { input: 0, lag: 0, output: logits, op: Op::Dense { filter } },
        Layer { input: 1, lag: 0, output: probabilities, op: Op::Softmax { rescale } },
    ];
    Body {
        name: "loud",
        labels: ["loud", "quiet"].into_iter().collect(),
        front_end: Some(FrontEndParams {
            sample_rate: 16_000,
            fft_length: 512,
            hop_length: 256,
            window_samples: 512,
            mel_bands: 1,
            mel_scale: MelScale::Slaney,
            normalisation: Normalisation::Power { gain: 1000.0, root: NonZeroU8::MIN, offset: -128.0 },
        }),
        input: Tensor { zero_point: -128, scale: 0.5, ..tensor(3, 1, 1) },
        layers: layers.into_iter().collect(),
    }
}

/// A network without a front end or labels: the sum of three rows of one value, weighted 1, 2 and 3, and halved.
#[allow(dead_code, reason = "not every test runs it")]
pub fn weighted() -> Body<'static> {
    let input = Tensor { height: 3, zero_point: 0, scale: 1.0, ..tensor(3, 1, 1) };
    let filter = Filter {
        weights: &[1, 2, 3],
        bias: &[0; 4],
        multipliers: &[0, 0, 0, 64], // 2^30
        shifts: &[0],
        clamp: Clamp::NONE,
    };
    let sum = Layer { input: 0, lag: 0, output: Tensor { height: 1, ..input }, op: Op::Dense { filter } };
    Body {
        name: "weighted",
        labels: core::iter::empty().collect(),
        front_end: None,
        input,
        layers: [sum].into_iter().collect(),
    }
}

/// [`loud`] with bands enough to know a voice by, over ten frames of 32 ms.
#[allow(dead_code, reason = "not every test listens")]
pub fn listening() -> Body<'static> {
    const WEIGHTS: [u8; 800] = {
        let mut weights = [10; 800];
        let (_, quiet) = weights.split_at_mut(400);
        let mut index = 0;
        while index < quiet.len() {
            quiet[index] = 246;
            index += 1;
        }
        weights
    };
    let mut body = loud();
    body.front_end = body.front_end.map(|front_end| FrontEndParams {
        fft_length: 1024,
        hop_length: 512,
        window_samples: 9 * 512,
        mel_bands: 40,
        ..front_end
    });
    body.input = Tensor { height: 10, width: 40, ..body.input };
    if let Some(Layer { op: Op::Dense { filter }, .. }) = body.layers.first_mut() {
        filter.weights = &WEIGHTS;
        // 10 * 128 * 400 makes the input's zero point 0; what is above 10000 is loud.
        filter.bias = &[0xf0, 0xa8, 0x07, 0, 0x10, 0x57, 0xf8, 0xff]; // 502000, -502000
    }
    body
}

fn tensor(height: u16, width: u16, channels: u16) -> Tensor {
    Tensor { height, width, channels, zero_point: -5, scale: 0.1 }
}

/// Two output channels with a factor of 2^-8 each.
fn filter(weights: &'static [u8]) -> Filter<'static> {
    Filter {
        weights,
        bias: &[100, 0, 0, 0, 156, 255, 255, 255], // 100, -100
        multipliers: &[0, 0, 0, 64, 0, 0, 0, 64],  // 2^30
        shifts: &[249, 249],                       // -7
        clamp: Clamp { low: -5, high: 127 },
    }
}

/// Three outputs of two values with a factor of 1/2 each.
fn dense_filter() -> Filter<'static> {
    Filter {
        weights: &[1, 2, 3, 4, 251, 6],
        bias: &[0; 12],
        multipliers: &[0, 0, 0, 64, 0, 0, 0, 64, 0, 0, 0, 64],
        shifts: &[0; 3],
        clamp: Clamp::NONE,
    }
}
