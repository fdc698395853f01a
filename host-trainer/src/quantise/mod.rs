//! From a float model to a blob: batch normalisation folded, weights int8 per output channel,
//! activations int8 per tensor, their ranges calibrated by running the float network over clips.
//!
//! The arithmetic is that of the TFLite int8 quantisation specification. Ranges minimise the mean
//! square error of each tensor's values, as in Banner et al., "Post training 4-bit quantization of
//! convolutional networks for rapid-deployment" (2019), measured on a histogram.

mod calibrate;
mod deploy;
mod filter;
mod input;
mod layers;
mod operators;
mod range;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use calibrate::ranges;
pub use deploy::deployed;
pub(crate) use filter::stored;
pub(crate) use input::normalisation;
pub(crate) use operators::{addition, softmax};
pub use range::Range;
pub(crate) use range::tensor;

use anyhow::{Context, ensure};
use bumpalo::Bump;
use engine::blob::{Body, MAGIC, MAX_LAYERS};
use rayon::prelude::*;

use crate::features::Voice;
use crate::network::FloatModel;
use crate::network::infer::activations;

/// Quantises a model into a blob that the engine has accepted.
///
/// `calibration` holds windows of `front_end.window_samples` samples each: training clips, so that the
/// ranges fit speech and no test clip has a say in them.
///
/// # Errors
/// Says what can't be quantised: no calibration clips, weights that are not finite (the layer is
/// named), more layers than a blob holds, or what the engine refuses of the result.
pub fn export(model: &FloatModel, calibration: &[Vec<i16>]) -> anyhow::Result<Vec<u8>> {
    ensure!(!calibration.is_empty(), "quantisation needs at least one clip to calibrate on");
    let model = deployed(model)?;
    let inputs: Vec<Vec<f32>> =
        calibration.par_iter().map(|window| model.hearing.input(window, &Voice::default())).collect();
    let ranges = ranges(&inputs, |input| activations(&model.network, &model.weights, input));
    let blob = blob(&model, &ranges)?;
    engine::Model::from_bytes(&blob).context("the engine refuses the quantised model")?;
    Ok(blob)
}

/// Whether a file is a blob by how it begins, however short it is cut.
pub(crate) fn is_blob(bytes: &[u8]) -> bool {
    bytes.iter().zip(&MAGIC).all(|(byte, magic)| byte == magic)
}

/// Quantises a [`deployed`] model with a range for each tensor: the input's first, then the layers'.
fn blob(model: &FloatModel, ranges: &[Range]) -> anyhow::Result<Vec<u8>> {
    let bytes = Bump::new();
    let input = ranges[0].quantisation(0.0);
    let layers = layers::quantise(&bytes, model, ranges)?;
    ensure!(
        layers.len() <= MAX_LAYERS,
        "the network has {} layers with its softmax, a blob holds {MAX_LAYERS}",
        layers.len()
    );
    let mut body = Body {
        name: &model.name,
        labels: model.labels.iter().map(String::as_str).collect(),
        front_end: Some(model.hearing.front_end.params(input::normalisation(&bytes, &model.hearing, input))),
        input: tensor(input, model.network.input).context("the network's input is too large for a blob")?,
        layers: layers.as_slice().try_into()?,
    };
    body.spread()?;
    Ok(body.to_bytes()?)
}
