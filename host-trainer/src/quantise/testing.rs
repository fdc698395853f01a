//! A model small enough for tests, and something for it to hear.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::features::{FrontEndSpec, Hearing, InputScaling, MelScale, Reference};
use crate::network::{BatchNorm, FloatModel, LayerSpec, Network, OpSpec, Weights};
use crate::ops::Padding;

const FRONT_END: FrontEndSpec = FrontEndSpec {
    sample_rate: 22_050,
    fft_length: 512,
    hop_length: 256,
    mel_bands: 8,
    mel_scale: MelScale::Slaney,
    window_samples: 2816,
    reference: Reference::WindowMaximum,
};

/// A network with every operator, weights and statistics drawn at random.
fn random_model(rng: &mut ChaCha8Rng) -> FloatModel {
    let network = network(rng.random_range(1..9), rng.random_range(1..4), rng.random());
    let mut weights = Weights::initial(&network, rng);
    for layer in &mut weights.layers {
        layer.bias.iter_mut().for_each(|bias| *bias = rng.random_range(-0.5..0.5));
        if let Some(BatchNorm { gamma, beta, mean, variance }) = &mut layer.batch_norm {
            gamma.iter_mut().for_each(|gamma| *gamma = rng.random_range(-1.5..1.5));
            beta.iter_mut().chain(mean).for_each(|value| *value = rng.random_range(-0.5..0.5));
            variance.iter_mut().for_each(|variance| *variance = rng.random_range(0.2..3.0));
        }
    }
    FloatModel {
        name: "random".to_owned(),
        labels: ["neutral", "sad", "angry"].map(str::to_owned).into(),
        hearing: Hearing {
            front_end: FRONT_END,
            scaling: InputScaling::PerBand { mean: vec![-25.0; 8], deviation: vec![12.0; 8] },
            prior: Vec::new(),
        },
        network,
        weights,
        temperature: rng.random_range(0.5..3.0),
    }
}

fn network(channels: usize, stride: usize, relu: bool) -> Network {
    let conv = |stride, batch_norm, relu| OpSpec::Conv2d {
        channels,
        kernel: [3, 2],
        stride: [stride, 1],
        padding: Padding { above: 2, below: 0, sides: 1 },
        batch_norm,
        relu,
    };
    let depthwise = |relu| OpSpec::DepthwiseConv2d {
        kernel: [3, 3],
        stride: [1, 1],
        padding: Padding::even(1, 1),
        batch_norm: true,
        relu,
    };
    let pool = ([1, 2], [1, 2]);
    let ops = [
        (0, conv(stride, true, true)),
        (1, depthwise(relu)),
        (2, OpSpec::Dropout { rate: 0.5 }),
        (3, OpSpec::Add { other: 1, relu }),
        (4, OpSpec::MaxPool { kernel: pool.0, stride: pool.1 }),
        (5, conv(1, false, relu)),
        (6, OpSpec::AveragePool { kernel: pool.0, stride: pool.1 }),
        (7, OpSpec::GlobalAveragePool),
        (7, OpSpec::Dense { units: 6, relu: true }),
        (9, OpSpec::Dropout { rate: 0.1 }),
        (10, OpSpec::Dense { units: 3, relu: false }),
    ];
    let layers = ops.into_iter().enumerate();
    Network {
        input: [12, 8, 1],
        layers: layers.map(|(i, (input, op))| LayerSpec { name: format!("layer{i}"), input, op }).collect(),
    }
}

/// Noise bursts of random loudness.
fn clips(rng: &mut ChaCha8Rng, count: usize) -> Vec<Vec<i16>> {
    let mut clip = || {
        let loudness = rng.random_range(10..10_000);
        let samples = (0..2816).map(|n| {
            let envelope = if n / 400 % 2 == 0 { loudness } else { loudness / 100 };
            rng.random_range(-envelope..=envelope)
        });
        samples.collect()
    };
    (0..count).map(|_| clip()).collect()
}

/// A model of random weights, and clips to calibrate it on.
pub(crate) fn model_and_clips(seed: u64) -> (FloatModel, Vec<Vec<i16>>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (random_model(&mut rng), clips(&mut rng, 6))
}
