//! How layers fit together.

use prosodia::blob::{Clamp, Filter, Op, WriteError};
use prosodia::{LayerError, LoadError};

use crate::common::every_operator;
use crate::spoilt::{
    ADD, AVERAGE_POOL, CONV, DENSE, DEPTHWISE, MAX_POOL, MEAN, Mutation, Result, SOFTMAX,
    assert_layer_refused, assert_refused, filter, window,
};

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
fn the_ending() -> Result {
    assert_refused(
        LoadError::Layer { index: 0, error: LayerError::Ending },
        &[("no layers", |b| b.layers.clear())],
    )?;
    assert_layer_refused(DENSE, LayerError::Ending, &[("no softmax", |b| b.layers.truncate(7))])?;
    assert_layer_refused(SOFTMAX, LayerError::Ending, &[("a label less", |b| b.labels.truncate(2))])
}
