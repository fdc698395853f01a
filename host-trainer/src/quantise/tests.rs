use engine::blob::{Filter, Rescale};
use engine::model::{Run, TensorRow};
use engine::{Model, Quantisation};
use proptest::prelude::*;

use super::deploy::output_channels;
use super::testing::model_and_clips;
use super::*;
use crate::features::input;
use crate::network::{BatchNorm, LayerSpec, LayerWeights, Network, OpSpec, Weights};

/// Runs a model and dequantises every tensor.
fn engine_activations(model: &Model<'_>, samples: &[i16]) -> Vec<Vec<f32>> {
    let network = model.network();
    let mut tensors = vec![Vec::new(); network.len() + 1];
    let mut watch = |row: TensorRow<'_>| {
        let quantisation = Quantisation::from(network.tensor(row.tensor).unwrap());
        tensors[row.tensor].extend(row.values.iter().map(|&q| quantisation.dequantise(q)));
    };
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut run = Run::new(*model, &mut arena);
    for row in input(samples, model.front_end()).chunks_exact(model.front_end().mel_bands.into()) {
        run.push(|values| values.copy_from_slice(row), &mut watch);
    }
    run.finish(&mut watch);
    tensors
}

/// What a filter's integers stand for, its scales read off its multipliers.
fn dequantised_weights(
    op: &OpSpec,
    filter: &Filter<'_>,
    input: Quantisation,
    output: Quantisation,
) -> LayerWeights {
    let channels: Vec<_> = filter.channels().collect();
    let step = |channel: usize| {
        let Rescale { multiplier, shift } = channels[channel].rescale;
        f64::from(multiplier) * f64::from(shift - 31).exp2() * f64::from(output.scale)
    };
    let mut weight = Vec::new();
    let mut bias: Vec<f64> = channels.iter().map(|channel| channel.bias.into()).collect();
    for (&q, channel) in
        filter.weights().iter().zip(output_channels(op, filter.weights.len(), channels.len()))
    {
        weight.push((f64::from(q) * step(channel) / f64::from(input.scale)) as f32);
        bias[channel] += f64::from(q) * f64::from(input.zero_point);
    }
    let bias = bias.iter().enumerate().map(|(channel, bias)| (bias * step(channel)) as f32).collect();
    LayerWeights { weight, bias, batch_norm: None }
}

/// One layer in float.
fn float_layer(spec: &LayerSpec, weights: LayerWeights, input: &[f32], shape: [usize; 3]) -> Vec<f32> {
    let layer = LayerSpec { input: 0, ..spec.clone() };
    let network = Network { input: shape, layers: vec![layer] };
    activations(&network, &Weights { layers: vec![weights] }, input).pop().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn deployed_networks_compute_the_same(seed: u64) {
        let (model, clips) = model_and_clips(seed);
        let deployed = deployed(&model).unwrap();
        prop_assert_eq!(deployed.network.layers.len(), model.network.layers.len() - 2);
        for clip in &clips {
            let input = model.hearing.input(clip, &Voice::default());
            let [given, folded] = [&model, &deployed]
                .map(|model| activations(&model.network, &model.weights, &input).pop().unwrap());
            for (given, folded) in given.iter().zip(&folded) {
                prop_assert!((given - folded).abs() <= 1e-4 * given.abs().max(1.0), "{} {}", given, folded);
            }
        }
    }

    /// Each layer by itself, fed what the engine fed it, with the weights that its integers stand for:
    /// what is left is rounding to a step of the output.
    #[test]
    fn integers_stand_for_the_float_layer(seed: u64) {
        let (model, clips) = model_and_clips(seed);
        let blob = export(&model, &clips).unwrap();
        let engine = Model::from_bytes(&blob).unwrap();
        let network = deployed(&model).unwrap().network;
        let shapes = network.shapes().unwrap();
        let tensors = engine_activations(&engine, &clips[0]);
        for (index, (spec, layer)) in network.layers.iter().zip(engine.network().layers()).enumerate() {
            let quantisation = |tensor| Quantisation::from(engine.network().tensor(tensor).unwrap());
            let [input, output] = [spec.input, index + 1].map(quantisation);
            let weights = layer.op.filter().map(|filter| dequantised_weights(&spec.op, filter, input, output));
            let expected = match spec.op {
                OpSpec::Add { other, relu } => {
                    let sums = tensors[spec.input].iter().zip(&tensors[other]).map(|(a, b)| a + b);
                    sums.map(|sum| if relu { sum.max(0.0) } else { sum }).collect()
                }
                _ => float_layer(spec, weights.unwrap_or_default(), &tensors[spec.input], shapes[spec.input]),
            };
            let [low, high] = [i8::MIN, i8::MAX].map(|q| output.dequantise(q));
            for (expected, got) in expected.iter().zip(&tensors[index + 1]) {
                let expected = expected.clamp(low, high);
                prop_assert!((got - expected).abs() <= output.scale, "{}: {} {}", spec.name, got, expected);
            }
        }
    }

    #[test]
    fn probabilities_are_those_of_the_tempered_logits(seed: u64) {
        let (model, clips) = model_and_clips(seed);
        let blob = export(&model, &clips).unwrap();
        let tensors = engine_activations(&Model::from_bytes(&blob).unwrap(), &clips[0]);
        let [.., logits, probabilities] = tensors.as_slice() else { unreachable!() };
        let exponentials: Vec<f32> = logits.iter().map(|logit| (logit / model.temperature).exp()).collect();
        let sum: f32 = exponentials.iter().sum();
        for (exponential, probability) in exponentials.iter().zip(probabilities) {
            prop_assert!((exponential / sum - probability).abs() <= 1.0 / 128.0);
        }
    }
}

/// The first convolution's batch normalisation, to spoil.
fn first_batch_norm(model: &mut FloatModel) -> &mut BatchNorm {
    model.weights.layers[0].batch_norm.as_mut().unwrap()
}

#[test]
fn channels_that_training_has_switched_off_are_exported() {
    for gamma in [0.0, 1e-30, -1e-12] {
        let (mut model, clips) = model_and_clips(7);
        let norm = first_batch_norm(&mut model);
        norm.gamma.fill(gamma);
        norm.beta[0] = 0.75;
        let blob = export(&model, &clips).unwrap();
        let tensors = engine_activations(&Model::from_bytes(&blob).unwrap(), &clips[0]);
        let channels = model.network.shape(1)[2];
        assert!(tensors[1].iter().step_by(channels).all(|value| (value - 0.75).abs() < 0.01), "{gamma}");
    }
}

#[test]
fn a_network_that_is_0_everywhere_is_exported() {
    let (mut model, clips) = model_and_clips(3);
    model.weights.values_mut().for_each(|value| *value = 0.0);
    let blob = export(&model, &clips).unwrap();
    let tensors = engine_activations(&Model::from_bytes(&blob).unwrap(), &clips[0]);
    // 1/3 in steps of 1/256.
    assert_eq!(tensors.last().unwrap(), &[85.0 / 256.0; 3]);
}

#[test]
fn silence_alone_is_enough_to_calibrate_on() {
    let (model, _) = model_and_clips(4);
    assert!(export(&model, &[vec![0; 2816]]).is_ok());
}

fn refusal(model: &FloatModel, clips: &[Vec<i16>]) -> String {
    format!("{:#}", export(model, clips).unwrap_err())
}

#[test]
fn weights_that_are_not_finite_are_refused_with_their_layer() {
    let (mut model, clips) = model_and_clips(5);
    model.weights.layers[5].weight[0] = f32::NAN;
    assert!(refusal(&model, &clips).contains("layer5 has weights that are not finite"));
    let (mut model, clips) = model_and_clips(5);
    first_batch_norm(&mut model).variance[0] = -1.0;
    assert!(refusal(&model, &clips).contains("layer0 has weights that are not finite"));
}

#[test]
fn more_layers_than_a_blob_holds_are_refused() {
    let (mut model, clips) = model_and_clips(6);
    let logits = model.network.layers.len();
    for extra in 0..MAX_LAYERS {
        let op = OpSpec::AveragePool { kernel: [1, 1], stride: [1, 1] };
        model.network.layers.push(LayerSpec { name: format!("extra{extra}"), input: logits + extra, op });
        model.weights.layers.push(LayerWeights::default());
    }
    let expected =
        format!("the network has {} layers with its softmax, a blob holds {MAX_LAYERS}", MAX_LAYERS + 10);
    assert_eq!(refusal(&model, &clips), expected);
}

#[test]
fn nothing_to_calibrate_on_is_refused() {
    let (model, _) = model_and_clips(8);
    assert_eq!(refusal(&model, &[]), "quantisation needs at least one clip to calibrate on");
}

/// From end to end the quantisation noise of every tensor is 30 dB below its values, or within two thirds of a
/// step where those are small, in the median of networks: in a single one the logits may nearly cancel out.
#[test]
fn every_tensor_is_close_to_the_float_network_s() {
    let mut shares: Vec<Vec<f32>> = Vec::new();
    for seed in 0..25 {
        let (model, clips) = model_and_clips(seed);
        let blob = export(&model, &clips).unwrap();
        let deployed = deployed(&model).unwrap();
        let float = activations(
            &deployed.network,
            &deployed.weights,
            &model.hearing.input(&clips[0], &Voice::default()),
        );
        let engine = Model::from_bytes(&blob).unwrap();
        let int8 = engine_activations(&engine, &clips[0]);
        shares.resize(float.len(), Vec::new());
        for (index, (float, int8)) in float.iter().zip(&int8).enumerate() {
            let scale = engine.network().tensor(index).unwrap().scale;
            let power: f32 = float.iter().map(|x| x * x).sum();
            let noise: f32 = float.iter().zip(int8).map(|(x, y)| (x - y).powi(2)).sum();
            let steps = float.len() as f32 * (2.0 / 3.0 * scale).powi(2);
            shares[index].push(noise / (power / 1000.0 + steps));
        }
    }
    for (tensor, shares) in shares.iter_mut().enumerate() {
        shares.sort_unstable_by(f32::total_cmp);
        assert!(shares[shares.len() / 2] <= 1.0, "tensor {tensor}: {shares:?}");
    }
}
