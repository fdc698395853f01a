//! Factors, sums and bounds of layers.

use prosodia::blob::{Body, Clamp, Filter, Op};
use prosodia::model::Run;
use prosodia::{LayerError, Model};

use crate::common::every_operator;
use crate::spoilt::{
    ADD, CONV, DENSE, DEPTHWISE, MAX_POOL, MEAN, Result, SOFTMAX, assert_layer_refused, filter, rescale,
};

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
