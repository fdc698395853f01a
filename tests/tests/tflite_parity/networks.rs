//! Whole networks, from blob to probabilities.

use std::num::NonZeroU8;

use anyhow::{Context, Result};
use engine::Model;
use engine::blob::{Body, FrontEndParams, Layer, MelScale, Normalisation, Tensor};
use engine::model::Run;
use serde::Deserialize;

use crate::golden::{FilterBytes, Operands, RealOp, load};

const LABELS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

/// A network with samples and what TFLite makes of them.
#[derive(Deserialize)]
struct Network {
    name: String,
    tensors: Vec<Tensor>,
    layers: Vec<RealLayer>,
    samples: Vec<Vec<i8>>,
    scores: Vec<Vec<i8>>,
    probabilities: Vec<Vec<i8>>,
}

#[derive(Deserialize)]
struct RealLayer {
    input: u8,
    other: Option<u8>,
    op: RealOp,
}

impl Network {
    fn operands(&self, index: usize, layer: &RealLayer) -> Result<Operands> {
        let tensor = |index| self.tensors.get(index).copied().context("no such tensor");
        let other = layer.other.map(|other| Ok::<_, anyhow::Error>((other, tensor(other.into())?)));
        Ok(Operands {
            input: tensor(layer.input.into())?,
            other: other.transpose()?,
            output: tensor(index + 1)?,
        })
    }

    fn blob(&self) -> Result<Vec<u8>> {
        let operands = self.layers.iter().enumerate().map(|(index, layer)| self.operands(index, layer));
        let operands = operands.collect::<Result<Vec<_>>>()?;
        let weights: Vec<Option<FilterBytes>> = self
            .layers
            .iter()
            .zip(&operands)
            .map(|(layer, &operands)| layer.op.filter_bytes(operands))
            .collect();
        let layers = self.layers.iter().zip(&operands).zip(&weights).map(|((layer, &operands), filter)| {
            let op = layer.op.op(operands, filter.as_ref())?;
            Ok(Layer { input: layer.input, lag: 0, output: operands.output, op })
        });
        let input = *self.tensors.first().context("no input")?;
        let body = Body {
            name: &self.name,
            labels: LABELS.into_iter().take(self.scores.first().context("no scores")?.len()).collect(),
            front_end: Some(front_end(input)),
            input,
            layers: layers.collect::<Result<_>>()?,
        };
        Ok(body.to_bytes()?)
    }
}

fn front_end(input: Tensor) -> FrontEndParams<'static> {
    FrontEndParams {
        sample_rate: 22_050,
        fft_length: 2048,
        hop_length: 512,
        window_samples: (512 * (u32::from(input.height) - 1)).max(1),
        mel_bands: input.width,
        mel_scale: MelScale::Slaney,
        normalisation: Normalisation::Power { gain: 1.0, root: NonZeroU8::MIN, offset: -128.0 },
    }
}

#[test]
fn whole_networks() -> Result<()> {
    for network in load::<Vec<Network>>("networks")? {
        let blob = network.blob()?;
        let model = Model::from_bytes(&blob).with_context(|| network.name.clone())?;
        let mut arena = vec![0; model.layout().arena_bytes()];
        for ((sample, scores), probabilities) in
            network.samples.iter().zip(&network.scores).zip(&network.probabilities)
        {
            let mut run = Run::new(model, &mut arena);
            let mut has_answered = false;
            for row in sample.chunks_exact(model.front_end().mel_bands.into()) {
                has_answered |= run.push(|values| values.copy_from_slice(row), |_| ());
            }
            assert!(run.finish(|_| ()) || has_answered, "{}", network.name);
            assert_eq!(run.scores(), scores, "{}", network.name);
            assert_eq!(run.answer(), probabilities, "{}", network.name);
        }
    }
    Ok(())
}
