use rand::Rng;
use rand_distr::{Distribution, Normal};

use super::{BatchNorm, LayerWeights, Network, Weights};

impl Weights {
    /// Weights to start training from: normal with variance 2 / fan-in (He et al., "Delving Deep into
    /// Rectifiers", 2015), no offsets, batch normalisation that changes nothing.
    #[must_use]
    pub fn initial(network: &Network, rng: &mut impl Rng) -> Self {
        let layer = |index| {
            let (weights, channels) = network.weight_counts(index);
            let weight = he_normal(weights, channels, rng);
            if network.layers[index].op.is_normalised() {
                LayerWeights { weight, bias: Vec::new(), batch_norm: Some(identity(channels)) }
            } else {
                LayerWeights { weight, bias: vec![0.0; channels], batch_norm: None }
            }
        };
        Self { layers: (0..network.layers.len()).map(layer).collect() }
    }
}

/// Every output reads its own share of the weights, which is its fan-in.
fn he_normal(weights: usize, outputs: usize, rng: &mut impl Rng) -> Vec<f32> {
    let deviation = (2.0 * outputs as f32 / weights.max(1) as f32).sqrt();
    let normal = Normal::new(0.0, deviation).expect("a deviation is finite");
    normal.sample_iter(rng).take(weights).collect()
}

fn identity(channels: usize) -> BatchNorm {
    BatchNorm {
        gamma: vec![1.0; channels],
        beta: vec![0.0; channels],
        mean: vec![0.0; channels],
        variance: vec![1.0; channels],
    }
}
