//! Every kind of bad field, each refused for what it is.

mod common;

use common::{every_operator, smallest};
use engine::blob::{Body, Clamp, Filter, Normalisation, Op, Rescale, Window};
use engine::{Emotion, FrontEndError, LayerError, LoadError, Model};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// What spoils a body, and in which words.
type Mutation = (&'static str, fn(&mut Body<'static>));

fn assert_refused(expected: LoadError, mutations: &[Mutation]) -> Result {
    for (name, mutate) in mutations {
        let mut body = every_operator();
        mutate(&mut body);
        assert_ne!(body, every_operator(), "{name}: changes nothing");
        assert_eq!(Model::from_bytes(&body.to_bytes()?).err(), Some(expected), "{name}");
    }
    Ok(())
}

fn assert_layer_refused(index: u8, error: LayerError, mutations: &[Mutation]) -> Result {
    assert_refused(LoadError::Layer { index, error }, mutations)
}

fn filter<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Filter<'static> {
    match &mut body.layers[layer].op {
        Op::Conv2d { filter, .. } | Op::DepthwiseConv2d { filter, .. } | Op::Dense { filter } => filter,
        op => panic!("{} has no filter", op.name()),
    }
}

fn window<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Window {
    match &mut body.layers[layer].op {
        Op::Conv2d { window, .. }
        | Op::DepthwiseConv2d { window, .. }
        | Op::MaxPool { window, .. }
        | Op::AveragePool { window, .. } => window,
        op => panic!("{} has no window", op.name()),
    }
}

/// The one factor of a mean or softmax, the output's factor of an addition.
fn rescale<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Rescale {
    match &mut body.layers[layer].op {
        Op::GlobalAveragePool { rescale } | Op::Softmax { rescale } => rescale,
        Op::Add { output_rescale, .. } => output_rescale,
        op => panic!("{} has no factor of its own", op.name()),
    }
}

const CONV: u8 = 0;
const DEPTHWISE: u8 = 1;
const ADD: u8 = 2;
const MAX_POOL: u8 = 3;
const AVERAGE_POOL: u8 = 4;
const MEAN: u8 = 5;
const DENSE: u8 = 6;
const SOFTMAX: u8 = 7;

#[test]
fn the_models_that_the_tests_spoil_are_valid() -> Result {
    for body in [every_operator(), smallest()] {
        Model::from_bytes(&body.to_bytes()?)?;
    }
    Ok(())
}

#[test]
fn front_end() -> Result {
    let cases: [(FrontEndError, &[Mutation]); 7] = [
        (
            FrontEndError::SampleRate,
            &[
                ("too slow", |b| b.front_end.sample_rate = 3999),
                ("too fast", |b| b.front_end.sample_rate = 192_001),
            ],
        ),
        (FrontEndError::FftLength, &[("not offered", |b| b.front_end.fft_length = 256)]),
        (FrontEndError::HopLength, &[("no hop", |b| b.front_end.hop_length = 0)]),
        (
            FrontEndError::MelBands,
            &[("none", |b| b.front_end.mel_bands = 0), ("too many", |b| b.front_end.mel_bands = 129)],
        ),
        (
            FrontEndError::WindowLength,
            &[
                ("no samples", |b| b.front_end.window_samples = 0),
                ("1025 frames", |b| b.front_end.window_samples = 1024 * 256),
                ("2^32 frames", |b| {
                    b.front_end.hop_length = 1;
                    b.front_end.window_samples = u32::MAX;
                }),
            ],
        ),
        (
            FrontEndError::Normalisation,
            &[
                ("a band short", |b| b.front_end.normalisation = Normalisation::Decibel { bands: &[0; 24] }),
                ("overflow", |b| b.front_end.normalisation = Normalisation::Decibel { bands: &[127; 32] }),
                ("no gain", |b| b.front_end.normalisation = Normalisation::Power { gain: 0.0 }),
                ("no number", |b| b.front_end.normalisation = Normalisation::Power { gain: f32::NAN }),
            ],
        ),
        (
            FrontEndError::InputShape,
            &[
                ("height", |b| b.input.height = 5),
                ("width", |b| b.input.width = 4),
                ("channels", |b| b.input.channels = 2),
                ("scale", |b| b.input.scale = -1.0),
                ("frames", |b| b.front_end.window_samples = 2000),
            ],
        ),
    ];
    cases.into_iter().try_for_each(|(error, mutations)| assert_refused(LoadError::FrontEnd(error), mutations))
}

#[test]
fn labels() -> Result {
    assert_refused(
        LoadError::Labels,
        &[("none", |b| b.labels.clear()), ("twice", |b| b.labels[0] = Emotion::Happy)],
    )
}

#[test]
fn inputs_of_layers() -> Result {
    assert_layer_refused(CONV, LayerError::Input, &[("its own output", |b| b.layers[0].input = 1)])?;
    assert_layer_refused(
        ADD,
        LayerError::Input,
        &[
            ("the same twice", |b| b.layers[2].input = 1),
            ("one that comes later", |b| {
                let Op::Add { other, .. } = &mut b.layers[2].op else { return };
                *other = 3;
            }),
        ],
    )
}

#[test]
fn shapes() -> Result {
    let cases: [(u8, &[Mutation]); 7] = [
        (CONV, &[("a window beyond the input", |b| b.layers[0].output.height = 6)]),
        (DEPTHWISE, &[("other channels", |b| b.layers[1].output.channels = 1)]),
        (ADD, &[("other width", |b| b.layers[2].output.width = 4)]),
        (
            MAX_POOL,
            &[
                ("other channels", |b| b.layers[3].output.channels = 3),
                ("a window beyond the input", |b| b.layers[3].output.width = 4),
            ],
        ),
        (MEAN, &[("not one position", |b| b.layers[5].output.width = 2)]),
        (DENSE, &[("not one position", |b| b.layers[6].output.height = 2)]),
        (SOFTMAX, &[("not its input's", |b| b.layers[7].output.channels = 2)]),
    ];
    cases
        .into_iter()
        .try_for_each(|(index, mutations)| assert_layer_refused(index, LayerError::OutputShape, mutations))
}

#[test]
fn sizes_and_scales() -> Result {
    assert_layer_refused(
        CONV,
        LayerError::TensorSize,
        &[
            ("empty", |b| b.layers[0].output.channels = 0),
            ("too large", |b| {
                b.layers[0].output.height = u16::MAX;
                b.layers[0].output.width = u16::MAX;
            }),
        ],
    )?;
    assert_layer_refused(
        DENSE,
        LayerError::Scale,
        &[
            ("zero", |b| b.layers[6].output.scale = 0.0),
            ("infinite", |b| b.layers[6].output.scale = f32::INFINITY),
        ],
    )
}

#[test]
fn windows() -> Result {
    assert_layer_refused(
        CONV,
        LayerError::Window,
        &[
            ("no kernel", |b| window(b, 0).kernel[0] = 0),
            ("no stride", |b| window(b, 0).stride[1] = 0),
            ("a window all in the padding", |b| window(b, 0).padding[0] = 3),
        ],
    )?;
    assert_layer_refused(AVERAGE_POOL, LayerError::Window, &[("no stride", |b| window(b, 4).stride[0] = 0)])
}

#[test]
fn lengths_of_filters() -> Result {
    for index in [CONV, DEPTHWISE] {
        let mutations: [Mutation; 4] = if index == CONV {
            [
                ("weights", |b| filter(b, 0).weights = &[0; 17]),
                ("bias", |b| filter(b, 0).bias = &[0; 7]),
                ("multipliers", |b| filter(b, 0).multipliers = &[0; 12]),
                ("shifts", |b| filter(b, 0).shifts = &[0; 3]),
            ]
        } else {
            [
                ("weights", |b| filter(b, 1).weights = &[0; 36]),
                ("bias", |b| filter(b, 1).bias = &[]),
                ("multipliers", |b| filter(b, 1).multipliers = &[0; 4]),
                ("shifts", |b| filter(b, 1).shifts = &[]),
            ]
        };
        assert_layer_refused(index, LayerError::WeightsLength, &mutations)?;
    }
    assert_layer_refused(DENSE, LayerError::WeightsLength, &[("weights", |b| filter(b, 6).weights = &[0; 3])])
}

#[test]
fn factors() -> Result {
    assert_layer_refused(
        CONV,
        LayerError::Rescale,
        &[
            ("multiplier not normalised", |b| filter(b, 0).multipliers = &[0, 0, 0, 64, 0, 0, 0, 63]),
            ("multiplier negative", |b| filter(b, 0).multipliers = &[0, 0, 0, 128, 0, 0, 0, 64]),
            ("shift above 30", |b| filter(b, 0).shifts = &[0, 31]),
            ("shift below -31", |b| filter(b, 0).shifts = &[224, 0]),
        ],
    )?;
    assert_layer_refused(
        ADD,
        LayerError::Rescale,
        &[("an input's shift to the left", |b| {
            let Op::Add { input_rescale, .. } = &mut b.layers[2].op else { return };
            input_rescale.shift = 1;
        })],
    )?;
    assert_layer_refused(MEAN, LayerError::Rescale, &[("multiplier", |b| rescale(b, 5).multiplier = 1)])?;
    assert_layer_refused(SOFTMAX, LayerError::Rescale, &[("to the right", |b| rescale(b, 7).shift = -1)])
}

/// Each case is one step beyond the largest that is let through.
#[test]
fn overflow() -> Result {
    // 9 weights of 3 by inputs of -128 at most: the bias may be 2^31 - 1 - 3456.
    assert_layer_refused(
        CONV,
        LayerError::Overflow,
        &[
            ("bias", |b| filter(b, 0).bias = &[0x80, 0xF2, 0xFF, 0x7F, 0, 0, 0, 0]),
            ("lowest bias", |b| filter(b, 0).bias = &[0, 0, 0, 128, 0, 0, 0, 0]),
            ("left shift", |b| filter(b, 0).shifts = &[0, 20]),
        ],
    )?;
    assert_layer_refused(DEPTHWISE, LayerError::Overflow, &[("shift", |b| filter(b, 1).shifts = &[20, 0])])?;
    // Two inputs of 255 * 2^20.
    assert_layer_refused(ADD, LayerError::Overflow, &[("shift", |b| rescale(b, 2).shift = 3)])?;
    // One position, 255 from the zero point at most.
    assert_layer_refused(MEAN, LayerError::Overflow, &[("shift", |b| rescale(b, 5).shift = 24)])?;
    assert_layer_refused(
        SOFTMAX,
        LayerError::Overflow,
        &[("4096 terms of 1 in Q12.19", |b| {
            let clamp = Clamp::NONE;
            let [bias, multipliers] = [&[0; 4 * 4096]; 2];
            *filter(b, 6) = Filter { weights: &[0; 2 * 4096], bias, multipliers, shifts: &[0; 4096], clamp };
            b.layers[6].output.channels = 4096;
            b.layers[7].output.channels = 4096;
        })],
    )
}

#[test]
fn the_largest_sums_are_let_through() -> Result {
    let accepted: [fn(&mut Body<'static>); 4] = [
        |b| filter(b, 0).bias = &[0x7F, 0xF2, 0xFF, 0x7F, 0, 0, 0, 0],
        |b| filter(b, 0).shifts = &[0, 19],
        |b| rescale(b, 2).shift = 2,
        |b| rescale(b, 5).shift = 23,
    ];
    for mutate in accepted {
        let mut body = every_operator();
        mutate(&mut body);
        let blob = body.to_bytes()?;
        let model = Model::from_bytes(&blob)?;
        for extreme in [i8::MIN, i8::MAX] {
            let mut scratch = vec![0; model.plan().scratch_bytes()];
            model.run(&mut scratch, |_, row| row.fill(extreme));
        }
    }
    Ok(())
}

#[test]
fn bounds() -> Result {
    let reversed = "low above high";
    assert_layer_refused(
        DENSE,
        LayerError::Clamp,
        &[(reversed, |b| filter(b, 6).clamp = Clamp { low: 1, high: 0 })],
    )?;
    assert_layer_refused(
        MAX_POOL,
        LayerError::Clamp,
        &[(reversed, |b| {
            let Op::MaxPool { clamp, .. } = &mut b.layers[3].op else { return };
            *clamp = Clamp { low: 127, high: -128 };
        })],
    )?;
    assert_layer_refused(
        ADD,
        LayerError::Clamp,
        &[(reversed, |b| {
            let Op::Add { clamp, .. } = &mut b.layers[2].op else { return };
            *clamp = Clamp { low: 1, high: 0 };
        })],
    )
}

#[test]
fn quantisation_that_the_operator_defines() -> Result {
    assert_layer_refused(
        MAX_POOL,
        LayerError::Quantisation,
        &[
            ("zero point", |b| b.layers[3].output.zero_point = 0),
            ("scale", |b| b.layers[3].output.scale = 0.2),
        ],
    )?;
    assert_layer_refused(
        SOFTMAX,
        LayerError::Quantisation,
        &[
            ("zero point", |b| b.layers[7].output.zero_point = 0),
            ("scale", |b| b.layers[7].output.scale = 1.0 / 255.0),
        ],
    )
}

#[test]
fn the_ending() -> Result {
    assert_refused(
        LoadError::Layer { index: 0, error: LayerError::Ending },
        &[("no layers", |b| b.layers.clear())],
    )?;
    assert_layer_refused(DENSE, LayerError::Ending, &[("no softmax", |b| b.layers.truncate(7))])?;
    assert_layer_refused(SOFTMAX, LayerError::Ending, &[("a label less", |b| b.labels.truncate(2))])
}

#[test]
fn errors_say_what_is_wrong() {
    let error = LoadError::Layer { index: 3, error: LayerError::Overflow };
    assert_eq!(error.to_string(), "the model's layer 3 can't be run: its sums could overflow 32 bits");
    let error = LoadError::ArenaTooSmall { needed: 160, available: 159 };
    assert_eq!(error.to_string(), "the model needs an arena of 160 bytes, this one has 159");
}
