use anyhow::{Context, ensure};

use crate::network::{BatchNorm, FloatModel, LayerSpec, LayerWeights, Network, OpSpec, Weights};

/// The same function with fewer layers: batch normalisation becomes part of the weights before it,
/// and dropout, which does nothing outside training, is left out.
///
/// # Errors
/// Names the layer whose weights are missing or not finite.
pub fn deployed(model: &FloatModel) -> anyhow::Result<FloatModel> {
    let FloatModel { network, weights, .. } = model;
    ensure!(
        weights.layers.len() == network.layers.len(),
        "the model has weights for other layers than its own"
    );
    let mut layers = Vec::new();
    let mut folded = Vec::new();
    // Where each tensor of the given network is found in the new one.
    let mut places = vec![0];
    for (spec, weights) in network.layers.iter().zip(&weights.layers) {
        let place = |tensor: usize| {
            places
                .get(tensor)
                .copied()
                .with_context(|| format!("layer {} reads a tensor not yet written", spec.name))
        };
        let input = place(spec.input)?;
        let op = match spec.op {
            OpSpec::Dropout { .. } => {
                places.push(input);
                continue;
            }
            OpSpec::Add { other, relu } => OpSpec::Add { other: place(other)?, relu },
            ref op => without_batch_norm(op),
        };
        layers.push(LayerSpec { name: spec.name.clone(), input, op });
        folded.push(fold(spec, weights)?);
        places.push(layers.len());
    }
    Ok(FloatModel {
        network: Network { input: network.input, layers },
        weights: Weights { layers: folded },
        ..model.clone()
    })
}

fn without_batch_norm(op: &OpSpec) -> OpSpec {
    let mut op = op.clone();
    if let OpSpec::Conv2d { batch_norm, .. } | OpSpec::DepthwiseConv2d { batch_norm, .. } = &mut op {
        *batch_norm = false;
    }
    op
}

fn fold(spec: &LayerSpec, weights: &LayerWeights) -> anyhow::Result<LayerWeights> {
    let folded = match &weights.batch_norm {
        Some(norm) => fold_batch_norm(spec, &weights.weight, norm),
        None => weights.clone(),
    };
    let finite = folded.weight.iter().chain(&folded.bias).all(|value| value.is_finite());
    ensure!(finite, "layer {} has weights that are not finite: training diverged, so train again", spec.name);
    Ok(folded)
}

/// `gamma (w x - mean) / sqrt(variance + epsilon) + beta = (factor w) x + (beta - factor mean)`.
fn fold_batch_norm(spec: &LayerSpec, weight: &[f32], norm: &BatchNorm) -> LayerWeights {
    let BatchNorm { gamma, beta, mean, variance } = norm;
    let factors: Vec<f32> = gamma
        .iter()
        .zip(variance)
        .map(|(gamma, variance)| gamma / (variance + BatchNorm::EPSILON).sqrt())
        .collect();
    let channels = output_channels(&spec.op, weight.len(), factors.len());
    LayerWeights {
        weight: weight.iter().zip(channels).map(|(weight, channel)| weight * factors[channel]).collect(),
        bias: beta
            .iter()
            .zip(mean)
            .zip(&factors)
            .map(|((beta, mean), factor)| beta - mean * factor)
            .collect(),
        batch_norm: None,
    }
}

/// The output channel of each of a layer's weights: depthwise weights have it innermost, others outermost.
pub fn output_channels(op: &OpSpec, weights: usize, channels: usize) -> impl Iterator<Item = usize> + use<> {
    let innermost = matches!(op, OpSpec::DepthwiseConv2d { .. });
    let weights_per_channel = weights.checked_div(channels).unwrap_or(0).max(1);
    (0..weights).map(move |index| if innermost { index % channels } else { index / weights_per_channel })
}
