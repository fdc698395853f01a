use super::Layers;
use crate::features::FrontEndSpec;
use crate::network::{Network, OpSpec};

/// A stem, stages of a strided convolution and a residual block, the mean over what is left, and a linear
/// layer (He et al., "Deep Residual Learning for Image Recognition", 2016).
pub(super) struct Residual {
    /// Channels of the stem, which halves height and width.
    pub(super) stem: usize,
    /// Channels and stride of each stage.
    pub(super) stages: &'static [(usize, [usize; 2])],
    /// The share of means that is dropped before the linear layer.
    pub(super) dropout: f32,
}

impl Residual {
    pub(super) fn network(&self, front_end: &FrontEndSpec, classes: usize) -> Network {
        let mut layers = Layers(Vec::new());
        layers.then("stem", convolution(self.stem, [2, 2], true));
        for (number, &(channels, stride)) in (1..).zip(self.stages) {
            let skip = layers.then(&format!("stage{number}.down"), convolution(channels, stride, true));
            layers.then(&format!("stage{number}.residual.conv1"), convolution(channels, [1, 1], true));
            layers.then(&format!("stage{number}.residual.conv2"), convolution(channels, [1, 1], false));
            layers.then(&format!("stage{number}.residual.add"), OpSpec::Add { other: skip, relu: true });
        }
        layers.then("mean", OpSpec::GlobalAveragePool);
        layers.then("dropout", OpSpec::Dropout { rate: self.dropout });
        layers.then("logits", OpSpec::Dense { units: classes, relu: false });
        Network { input: [front_end.mel_bands.into(), front_end.frames(), 1], layers: layers.0 }
    }
}

fn convolution(channels: usize, stride: [usize; 2], relu: bool) -> OpSpec {
    OpSpec::Conv2d { channels, kernel: [3, 3], stride, padding: [1, 1], batch_norm: true, relu }
}
