//! Whole networks, from blob to probabilities.

use anyhow::{Context, Result};
use engine::blob::{Body, FrontEndParams, Layer, MelScale, Normalisation, Tensor};
use engine::{Emotion, Model};
use serde::Deserialize;

use crate::golden::{FilterBytes, Operands, RealOp, load};

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
            Ok(Layer { input: layer.input, output: operands.output, op })
        });
        let input = *self.tensors.first().context("no input")?;
        let body = Body {
            name: &self.name,
            labels: Emotion::ALL.into_iter().take(self.scores.first().context("no scores")?.len()).collect(),
            front_end: front_end(input),
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
        window_samples: 512 * (u32::from(input.width) - 1),
        mel_bands: input.height,
        mel_scale: MelScale::Slaney,
        normalisation: Normalisation::Power { gain: 1.0 },
    }
}

#[test]
fn whole_networks() -> Result<()> {
    for network in load::<Vec<Network>>("networks")? {
        let blob = network.blob()?;
        let model = Model::from_bytes(&blob).with_context(|| network.name.clone())?;
        let mut scratch = vec![0; model.plan().scratch_bytes()];
        for ((sample, scores), probabilities) in
            network.samples.iter().zip(&network.scores).zip(&network.probabilities)
        {
            let rows: Vec<_> = sample.chunks_exact(model.body().input.width.into()).collect();
            model.run(&mut scratch, |band, row| row.copy_from_slice(rows[band]));
            assert_eq!(model.scores(&scratch), scores, "{}", network.name);
            assert_eq!(model.probabilities(&scratch), probabilities, "{}", network.name);
        }
    }
    Ok(())
}
