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
