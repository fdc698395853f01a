//! What is said of the whole model: its front end, its labels, its pace.

use std::num::NonZeroU8;

use prosodia::blob::{Body, FrontEndParams, Normalisation, Op, Reference, RunningParams, Window};
use prosodia::{FrontEndError, LayerError, LoadError, Model};

use crate::common::{RUNNING, every_operator};
use crate::spoilt::{ADD, AVERAGE_POOL, CONV, MAX_POOL, Mutation, Result, assert_refused, filter, window};

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
