//! Every kind of bad field, each refused for what it is.
#![cfg(all(feature = "std", feature = "unstable"))]

mod common;

use std::num::NonZeroU8;

use common::{RUNNING, every_operator, loud};
use prosodia::blob::{
    Body, Clamp, Filter, FrontEndParams, Normalisation, Op, Reference, Rescale, RunningParams, Window,
    WriteError,
};
use prosodia::model::Run;
use prosodia::{FrontEndError, LayerError, LoadError, Model};

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

/// The front end of a body that has one.
fn hearing<'b>(body: &'b mut Body<'static>) -> &'b mut FrontEndParams<'static> {
    body.front_end.as_mut().expect("these models hear")
}

fn bands<'b>(body: &'b mut Body<'static>) -> &'b mut &'static [u8] {
    match &mut hearing(body).normalisation {
        Normalisation::Decibel { bands, .. } => bands,
        Normalisation::Power { .. } => panic!("power has no bands"),
    }
}

/// Puts another running reference into a body.
fn run(body: &mut Body<'static>, running: RunningParams<'static>) {
    let Normalisation::Decibel { reference, .. } = &mut hearing(body).normalisation else { return };
    *reference = Reference::Running(running);
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
    for body in [every_operator(), loud()] {
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
                ("too slow", |b| hearing(b).sample_rate = 3999),
                ("too fast", |b| hearing(b).sample_rate = 192_001),
            ],
        ),
        (FrontEndError::FftLength, &[("not offered", |b| hearing(b).fft_length = 256)]),
        (FrontEndError::HopLength, &[("no hop", |b| hearing(b).hop_length = 0)]),
        (
            FrontEndError::MelBands,
            &[("none", |b| hearing(b).mel_bands = 0), ("too many", |b| hearing(b).mel_bands = 129)],
        ),
        (
            FrontEndError::WindowLength,
            &[
                ("no samples", |b| hearing(b).window_samples = 0),
                ("1025 frames", |b| hearing(b).window_samples = 1024 * 256),
                ("2^32 frames", |b| {
                    hearing(b).hop_length = 1;
                    hearing(b).window_samples = u32::MAX;
                }),
            ],
        ),
        (
            FrontEndError::Normalisation,
            &[
                ("a band short", |b| *bands(b) = &[0; 24]),
                ("overflow", |b| *bands(b) = &[127; 32]),
                ("no gain", |b| {
                    hearing(b).normalisation =
                        Normalisation::Power { gain: 0.0, root: NonZeroU8::MIN, offset: -128.0 }
                }),
                ("no number", |b| {
                    hearing(b).normalisation =
                        Normalisation::Power { gain: f32::NAN, root: NonZeroU8::MIN, offset: -128.0 }
                }),
            ],
        ),
        (
            FrontEndError::InputShape,
            &[
                ("height", |b| b.input.height = 4),
                ("width", |b| b.input.width = 5),
                ("channels", |b| {
                    b.input.channels = 2;
                    filter(b, 0).weights = &[3; 36];
                }),
                ("frames", |b| hearing(b).window_samples = 2000),
            ],
        ),
    ];
    cases.into_iter().try_for_each(|(error, mutations)| assert_refused(LoadError::FrontEnd(error), mutations))
}

#[test]
fn the_input() -> Result {
    assert_refused(LoadError::Input(LayerError::Scale), &[("scale", |b| b.input.scale = -1.0)])
}

#[test]
fn running_reference() -> Result {
    assert_refused(
        LoadError::FrontEnd(FrontEndError::Reference),
        &[
            ("no bands for the loudness", |b| run(b, RunningParams { loudness_bands: [2, 2], ..RUNNING })),
            ("a band too many", |b| run(b, RunningParams { loudness_bands: [0, 5], ..RUNNING })),
            ("no lasting", |b| run(b, RunningParams { lasting: 0, ..RUNNING })),
            ("lasting too long", |b| run(b, RunningParams { lasting: 9, ..RUNNING })),
            ("nothing waits", |b| run(b, RunningParams { held: 0, ..RUNNING })),
            ("65 frames wait", |b| run(b, RunningParams { held: 65, ..RUNNING })),
            ("everything is speech", |b| run(b, RunningParams { speech_below: 0, ..RUNNING })),
            ("no pause", |b| run(b, RunningParams { pause: 0, ..RUNNING })),
            ("no prior", |b| run(b, RunningParams { prior_weight: 0, ..RUNNING })),
            ("no memory", |b| run(b, RunningParams { memory: 0, ..RUNNING })),
            ("too much memory", |b| run(b, RunningParams { memory: 16_385, ..RUNNING })),
            ("a band's prior is missing", |b| run(b, RunningParams { prior: &[0; 6], ..RUNNING })),
            ("beyond 80 dB", |b| run(b, RunningParams { prior: &[0, 0, 0, 0, 0, 0, 1, 40], ..RUNNING })),
        ],
    )?;
    // What 80 dB of a window let through can overflow at the 120 dB of a running reference: 2^31 / 12000.
    const BAND: [u8; 8] = [0, 188, 2, 0, 0, 0, 0, 0]; // 179200
    const BANDS: [[u8; 8]; 4] = [BAND; 4];
    let mut body = every_operator();
    hearing(&mut body).normalisation =
        Normalisation::Decibel { bands: BANDS.as_flattened(), reference: Reference::WindowMaximum };
    Model::from_bytes(&body.to_bytes()?)?;
    let normalisation = LoadError::FrontEnd(FrontEndError::Normalisation);
    assert_refused(normalisation, &[("120 dB", |b| *bands(b) = BANDS.as_flattened())])
}

#[test]
fn labels() -> Result {
    assert_refused(
        LoadError::Labels,
        &[
            ("none", |b| b.labels.clear()),
            ("twice", |b| b.labels[0] = "happy"),
            ("empty", |b| b.labels[0] = ""),
            ("25 bytes", |b| b.labels[0] = "more than can be shown yet"),
        ],
    )?;
    // The longest of 24 bytes, in letters of two.
    let mut body = every_operator();
    body.labels[0] = "ÄÖÜäöüÄÖÜäöü";
    assert_eq!(Model::from_bytes(&body.to_bytes()?)?.labels().get(0), Some("ÄÖÜäöüÄÖÜäöü"));
    Ok(())
}

#[test]
fn rows_that_do_not_keep_pace() -> Result {
    // Every other row would be added to every row.
    let mut body = every_operator();
    let half = Window { kernel: [1, 1], stride: [2, 1], padding: [0, 0] };
    let Op::DepthwiseConv2d { window, filter } = &mut body.layers[1].op else { return Ok(()) };
    (*window, filter.weights) = (half, &[3, 3]);
    body.layers[1].output.height = 3;
    assert!(matches!(
        Model::from_bytes(&body.to_bytes()?).err(),
        Some(LoadError::Layer { index: ADD, error: LayerError::OutputShape })
    ));
    Ok(())
}

/// 65536 rows of the input from one answer to the next, and before the first one, are the most.
#[test]
fn an_answer_that_would_come_too_late() -> Result {
    let pools = |kernel: u8, stride: u8| {
        let mut body = every_operator();
        body.layers[..4].iter_mut().for_each(|layer| layer.output.height = 1);
        window(&mut body, CONV.into()).stride[0] = 4;
        window(&mut body, MAX_POOL.into()).stride[0] = 128;
        let last = window(&mut body, AVERAGE_POOL.into());
        (last.kernel[0], last.stride[0]) = (kernel, stride);
        body.to_bytes()
    };
    let blob = pools(127, 128)?;
    let model = Model::from_bytes(&blob)?;
    // Rows that the layers before it wait for, and 126 of 4 * 128.
    assert_eq!((model.pace().rows_an_answer, model.pace().first_answer), (1 << 16, 10 + 126 * 512));
    for (kernel, stride) in [(127, 129), (129, 128)] {
        assert_eq!(Model::from_bytes(&pools(kernel, stride)?).err(), Some(LoadError::Pace));
    }
    Ok(())
}

#[test]
fn inputs_of_layers() -> Result {
    assert_layer_refused(DEPTHWISE, LayerError::Input, &[("its own output", |b| b.layers[1].input = 2)])?;
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
        (
            CONV,
            &[
                ("a kernel beyond the input", |b| b.layers[0].output.height = 7),
                ("a row left out", |b| b.layers[0].output.height = 3),
            ],
        ),
        (
            DEPTHWISE,
            &[("other channels", |b| {
                b.layers[1].output.channels = 1;
                *filter(b, 1) = Filter {
                    weights: &[1; 9],
                    bias: &[0; 4],
                    multipliers: &[0, 0, 0, 64],
                    shifts: &[0],
                    clamp: Clamp::NONE,
                };
            })],
        ),
        (ADD, &[("other width", |b| b.layers[2].output.width = 5)]),
        (
            MAX_POOL,
            &[
                ("other channels", |b| b.layers[3].output.channels = 3),
                ("a kernel beyond the input", |b| b.layers[3].output.width = 4),
            ],
        ),
        (
            MEAN,
            &[("not one position", |b| {
                b.layers[5].output.width = 2;
                filter(b, 6).weights = &[1; 12];
            })],
        ),
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
        MAX_POOL,
        LayerError::TensorSize,
        &[
            ("empty", |b| b.layers[3].output.channels = 0),
            ("too large", |b| {
                b.layers[3].output.height = u16::MAX;
                b.layers[3].output.width = u16::MAX;
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
            ("no kernel", |b| {
                window(b, 0).kernel[0] = 0;
                filter(b, 0).weights = &[];
            }),
            ("no stride", |b| window(b, 0).stride[1] = 0),
            ("a window all in the padding", |b| window(b, 0).padding[0] = 3),
        ],
    )?;
    assert_layer_refused(AVERAGE_POOL, LayerError::Window, &[("no stride", |b| window(b, 4).stride[0] = 0)])
}

#[test]
fn lengths_of_filters() {
    let mutations: [(usize, &[Mutation]); 3] = [
        (
            CONV.into(),
            &[
                ("weights", |b| filter(b, 0).weights = &[0; 17]),
                ("bias", |b| filter(b, 0).bias = &[0; 7]),
                ("multipliers", |b| filter(b, 0).multipliers = &[0; 12]),
                ("shifts", |b| filter(b, 0).shifts = &[0; 3]),
            ],
        ),
        (DEPTHWISE.into(), &[("weights", |b| filter(b, 1).weights = &[0; 36])]),
        (DENSE.into(), &[("weights", |b| filter(b, 6).weights = &[0; 3])]),
    ];
    for (layer, mutations) in mutations {
        for (name, mutate) in mutations {
            let mut body = every_operator();
            mutate(&mut body);
            assert_eq!(body.to_bytes(), Err(WriteError::FilterLength { layer }), "{name}");
        }
    }
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
        &[("512 terms of 1", |b| {
            let clamp = Clamp::NONE;
            let [bias, multipliers] = [&[0; 4 * 512]; 2];
            *filter(b, 6) = Filter { weights: &[0; 2 * 512], bias, multipliers, shifts: &[0; 512], clamp };
            b.layers[6].output.channels = 512;
            b.layers[7].output.channels = 512;
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
            let mut arena = vec![0; model.layout().arena_bytes()];
            let mut run = Run::new(model, &mut arena);
            (0..model.frames()).for_each(|_| _ = run.push(|row| row.fill(extreme), |_| ()));
            assert!(run.finish(|_| ()));
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
