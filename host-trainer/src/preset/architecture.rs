use serde::{Deserialize, Serialize};

use crate::network::{LayerSpec, OpSpec};
use crate::ops::Padding;

/// Around the kernels of three frames by three bands of a residual network, so that each looks at its own frame, the
/// one before and the one after.
const PADDING: Padding = Padding::even(1, 1);

/// How a network is built.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// With shortcuts around its convolutions.
    Residual(Residual),
    /// One layer after the other.
    Plain(Plain),
}

/// Branches side by side, each a stem, stages of a strided convolution and a residual block, the mean over what is
/// left, and a linear layer (He et al., "Deep Residual Learning for Image Recognition", 2016). Each learns the
/// classes by itself; together they judge by the sum of their logits, an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residual {
    /// How many branches there are.
    pub branches: usize,
    /// Channels of the stem, which halves frames and bands.
    pub stem: usize,
    /// The stages.
    pub stages: Vec<Stage>,
    /// The share of means that is dropped before the linear layer.
    pub dropout: f32,
}

/// A stage of a residual network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Channels of its three convolutions.
    pub channels: usize,
    /// Frames and bands from one step of the first to the next.
    pub stride: [usize; 2],
}

/// Convolutions, each followed by max pooling that halves frames and bands, a dense layer, and a linear layer: the
/// original project's network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// Channels of each convolution.
    pub channels: Vec<usize>,
    /// Values of the dense layer.
    pub dense: usize,
    /// The shares that are dropped before the dense and before the linear layer.
    pub dropout: [f32; 2],
}

impl Architecture {
    /// Channels or values of the layers that have weights, but the last.
    pub(crate) fn widths(&self) -> Vec<usize> {
        match self {
            Self::Residual(Residual { stem, stages, .. }) => {
                [*stem].into_iter().chain(stages.iter().map(|stage| stage.channels)).collect()
            }
            Self::Plain(Plain { channels, dense, .. }) => channels.iter().copied().chain([*dense]).collect(),
        }
    }

    /// [`widths`](Self::widths), to be changed.
    pub(crate) fn widths_mut(&mut self) -> Vec<&mut usize> {
        match self {
            Self::Residual(Residual { stem, stages, .. }) => {
                [stem].into_iter().chain(stages.iter_mut().map(|stage| &mut stage.channels)).collect()
            }
            Self::Plain(Plain { channels, dense, .. }) => channels.iter_mut().chain([dense]).collect(),
        }
    }

    /// The shares that are dropped, to be changed.
    pub(crate) fn dropouts_mut(&mut self) -> &mut [f32] {
        match self {
            Self::Residual(Residual { dropout, .. }) => std::slice::from_mut(dropout),
            Self::Plain(Plain { dropout, .. }) => dropout,
        }
    }

    /// The layers, for a number of classes.
    pub(super) fn layers(&self, classes: usize) -> Vec<LayerSpec> {
        let mut layers = Layers::default();
        match self {
            Self::Residual(residual) => residual.build(&mut layers, classes),
            Self::Plain(plain) => plain.build(&mut layers, classes),
        }
        layers.built
    }
}

impl Residual {
    fn build(&self, layers: &mut Layers, classes: usize) {
        let mut sum = None;
        for branch in 1..=self.branches {
            layers.begin_branch(if self.branches > 1 { format!("branch{branch}.") } else { String::new() });
            let logits = self.build_branch(layers, classes);
            sum = Some(match sum {
                Some(other) => layers.then("sum", OpSpec::Add { other, relu: false }),
                None => logits,
            });
        }
    }

    fn build_branch(&self, layers: &mut Layers, classes: usize) -> usize {
        let convolution = |channels, stride, relu| OpSpec::Conv2d {
            channels,
            kernel: [3, 3],
            stride,
            padding: PADDING,
            batch_norm: true,
            relu,
        };
        layers.then("stem", convolution(self.stem, [2, 2], true));
        for (number, &Stage { channels, stride }) in (1..).zip(&self.stages) {
            let skip = layers.then(&format!("stage{number}.down"), convolution(channels, stride, true));
            layers.then(&format!("stage{number}.residual.conv1"), convolution(channels, [1, 1], true));
            layers.then(&format!("stage{number}.residual.conv2"), convolution(channels, [1, 1], false));
            layers.then(&format!("stage{number}.residual.add"), OpSpec::Add { other: skip, relu: true });
        }
        layers.then("mean", OpSpec::GlobalAveragePool);
        layers.then("dropout", OpSpec::Dropout { rate: self.dropout });
        layers.then("logits", OpSpec::Dense { units: classes, relu: false })
    }
}

impl Plain {
    fn build(&self, layers: &mut Layers, classes: usize) {
        let (kernel, stride, padding) = ([3, 3], [1, 1], Padding::NONE);
        for (number, &channels) in (1..).zip(&self.channels) {
            let convolution =
                OpSpec::Conv2d { channels, kernel, stride, padding, batch_norm: false, relu: true };
            layers.then(&format!("conv{number}"), convolution);
            layers.then(&format!("pool{number}"), OpSpec::MaxPool { kernel: [2, 2], stride: [2, 2] });
        }
        let [before_dense, before_logits] = self.dropout;
        layers.then("dropout1", OpSpec::Dropout { rate: before_dense });
        layers.then("dense", OpSpec::Dense { units: self.dense, relu: true });
        layers.then("dropout2", OpSpec::Dropout { rate: before_logits });
        layers.then("logits", OpSpec::Dense { units: classes, relu: false });
    }
}

/// Builds a network layer by layer.
#[derive(Default)]
struct Layers {
    built: Vec<LayerSpec>,
    /// The tensor that the next layer reads.
    latest: usize,
    /// What the names of layers begin with.
    prefix: String,
}

impl Layers {
    /// The next layer reads the network's input.
    fn begin_branch(&mut self, prefix: String) {
        self.latest = 0;
        self.prefix = prefix;
    }

    /// Appends a layer that reads what the last one wrote, and returns the tensor that it writes.
    fn then(&mut self, name: &str, op: OpSpec) -> usize {
        self.built.push(LayerSpec { name: format!("{}{name}", self.prefix), input: self.latest, op });
        self.latest = self.built.len();
        self.latest
    }
}
