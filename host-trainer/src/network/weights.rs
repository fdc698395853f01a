use serde::{Deserialize, Serialize};

/// What training fits, layer by layer; layers without parameters have empty weights.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Weights {
    /// In the order of the network's layers.
    pub layers: Vec<LayerWeights>,
}

/// The parameters of one layer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LayerWeights {
    /// Convolution: output channel, row, column, input channel. Depthwise: row, column, channel.
    /// Dense: output, input (the input flattened row by row, channels innermost).
    pub weight: Vec<f32>,
    /// One for each output; empty under batch normalisation.
    pub bias: Vec<f32>,
    /// Batch normalisation, where the layer has it.
    pub batch_norm: Option<BatchNorm>,
}

/// `gamma * (x - mean) / sqrt(variance + 1e-5) + beta` for each channel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct BatchNorm {
    /// Learnt scale.
    pub gamma: Vec<f32>,
    /// Learnt offset.
    pub beta: Vec<f32>,
    /// Running mean over training batches.
    pub mean: Vec<f32>,
    /// Running variance over training batches.
    pub variance: Vec<f32>,
}

impl BatchNorm {
    /// What is added to the variance, so that its root is never 0.
    pub const EPSILON: f32 = 1e-5;
}

impl Weights {
    /// Everything that gradients fit: layer by layer weights, biases, gammas and betas, without empty ones.
    pub fn trainable(&self) -> impl Iterator<Item = &Vec<f32>> {
        self.layers.iter().flat_map(|LayerWeights { weight, bias, batch_norm }| {
            let norm = batch_norm.iter().flat_map(|norm| [&norm.gamma, &norm.beta]);
            [weight, bias].into_iter().chain(norm).filter(|values| !values.is_empty())
        })
    }

    /// The same values, to change, each with whether it is a weight proper and not an offset or a scale.
    pub fn trainable_mut(&mut self) -> impl Iterator<Item = (&mut Vec<f32>, bool)> {
        self.layers.iter_mut().flat_map(|LayerWeights { weight, bias, batch_norm }| {
            let norm =
                batch_norm.iter_mut().flat_map(|norm| [(&mut norm.gamma, false), (&mut norm.beta, false)]);
            let own = [(weight, true), (bias, false)];
            own.into_iter().chain(norm).filter(|(values, _)| !values.is_empty())
        })
    }

    /// Every value, the running statistics of batch normalisation included.
    pub fn values(&self) -> impl Iterator<Item = &f32> {
        let layers = self.layers.iter().flat_map(|LayerWeights { weight, bias, batch_norm }| {
            let norm =
                batch_norm.iter().flat_map(|norm| [&norm.gamma, &norm.beta, &norm.mean, &norm.variance]);
            [weight, bias].into_iter().chain(norm)
        });
        layers.flatten()
    }

    /// Every value, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut f32> {
        let layers = self.layers.iter_mut().flat_map(|LayerWeights { weight, bias, batch_norm }| {
            let norm = batch_norm
                .iter_mut()
                .flat_map(|norm| [&mut norm.gamma, &mut norm.beta, &mut norm.mean, &mut norm.variance]);
            [weight, bias].into_iter().chain(norm)
        });
        layers.flatten()
    }
}
