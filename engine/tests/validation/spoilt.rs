//! Valid bodies, spoilt.

use prosodia::blob::{Body, Filter, Op, Rescale, Window};
use prosodia::{LayerError, LoadError, Model};

use crate::common::every_operator;

pub(crate) type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// What spoils a body, and in which words.
pub(crate) type Mutation = (&'static str, fn(&mut Body<'static>));

pub(crate) const CONV: u8 = 0;
pub(crate) const DEPTHWISE: u8 = 1;
pub(crate) const ADD: u8 = 2;
pub(crate) const MAX_POOL: u8 = 3;
pub(crate) const AVERAGE_POOL: u8 = 4;
pub(crate) const MEAN: u8 = 5;
pub(crate) const DENSE: u8 = 6;
pub(crate) const SOFTMAX: u8 = 7;

pub(crate) fn assert_refused(expected: LoadError, mutations: &[Mutation]) -> Result {
    for (name, mutate) in mutations {
        let mut body = every_operator();
        mutate(&mut body);
        assert_ne!(body, every_operator(), "{name}: changes nothing");
        assert_eq!(Model::from_bytes(&body.to_bytes()?).err(), Some(expected), "{name}");
    }
    Ok(())
}

pub(crate) fn assert_layer_refused(index: u8, error: LayerError, mutations: &[Mutation]) -> Result {
    assert_refused(LoadError::Layer { index, error }, mutations)
}

pub(crate) fn filter<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Filter<'static> {
    match &mut body.layers[layer].op {
        Op::Conv2d { filter, .. } | Op::DepthwiseConv2d { filter, .. } | Op::Dense { filter } => filter,
        op => panic!("{} has no filter", op.name()),
    }
}

pub(crate) fn window<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Window {
    match &mut body.layers[layer].op {
        Op::Conv2d { window, .. }
        | Op::DepthwiseConv2d { window, .. }
        | Op::MaxPool { window, .. }
        | Op::AveragePool { window, .. } => window,
        op => panic!("{} has no window", op.name()),
    }
}

/// The one factor of a mean or softmax, the output's factor of an addition.
pub(crate) fn rescale<'b>(body: &'b mut Body<'static>, layer: usize) -> &'b mut Rescale {
    match &mut body.layers[layer].op {
        Op::GlobalAveragePool { rescale } | Op::Softmax { rescale } => rescale,
        Op::Add { output_rescale, .. } => output_rescale,
        op => panic!("{} has no factor of its own", op.name()),
    }
}
