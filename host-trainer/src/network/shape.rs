use anyhow::{Context, bail, ensure};

use super::{LayerSpec, Network, OpSpec};
use crate::ops::{Padding, SlidingWindow};

impl Network {
    /// Height, width and channels of every tensor: the input, then what each layer writes.
    ///
    /// # Errors
    /// Names the layer that can't be: one that reads a tensor that is not there, whose window does not fit its
    /// input, or that has no channels.
    pub fn shapes(&self) -> anyhow::Result<Vec<[usize; 3]>> {
        ensure!(!self.layers.is_empty(), "a network needs at least one layer");
        ensure!(self.input.iter().all(|&size| size > 0), "the network's input is empty");
        let mut shapes = vec![self.input];
        for layer in &self.layers {
            let shape = output_shape(layer, &shapes).with_context(|| format!("layer {}", layer.name))?;
            shapes.push(shape);
        }
        Ok(shapes)
    }

    /// Height, width and channels of one tensor.
    ///
    /// # Panics
    /// If the description is not a valid one (see [`shapes`](Self::shapes)) or has no such tensor.
    #[must_use]
    pub fn shape(&self, tensor: usize) -> [usize; 3] {
        self.shapes().expect("a valid network")[tensor]
    }

    /// Multiply-accumulates of one layer for one clip.
    #[must_use]
    pub fn layer_macs(&self, layer: usize) -> usize {
        let outputs: usize = self.shape(layer + 1).iter().product();
        let LayerSpec { input, op, .. } = &self.layers[layer];
        let input = self.shape(*input);
        match op {
            OpSpec::Conv2d { kernel, .. } => outputs * kernel[0] * kernel[1] * input[2],
            OpSpec::DepthwiseConv2d { kernel, .. } => outputs * kernel[0] * kernel[1],
            OpSpec::Dense { .. } => outputs * input.iter().product::<usize>(),
            _ => 0,
        }
    }

    /// Multiply-accumulates for one clip.
    #[must_use]
    pub fn macs(&self) -> usize {
        (0..self.layers.len()).map(|layer| self.layer_macs(layer)).sum()
    }

    /// Weights and biases of one layer once batch normalisation is folded into them.
    #[must_use]
    pub fn layer_params(&self, layer: usize) -> usize {
        let (weights, channels) = self.weight_counts(layer);
        weights + channels
    }

    /// Weights and biases once batch normalisation is folded into them.
    #[must_use]
    pub fn params(&self) -> usize {
        (0..self.layers.len()).map(|layer| self.layer_params(layer)).sum()
    }

    /// How many weights a layer has, and how many biases or channels of batch normalisation.
    #[must_use]
    pub fn weight_counts(&self, layer: usize) -> (usize, usize) {
        let LayerSpec { input, op, .. } = &self.layers[layer];
        let input = self.shape(*input);
        match op {
            OpSpec::Conv2d { channels, kernel, .. } => {
                (channels * kernel[0] * kernel[1] * input[2], *channels)
            }
            OpSpec::DepthwiseConv2d { kernel, .. } => (kernel[0] * kernel[1] * input[2], input[2]),
            OpSpec::Dense { units, .. } => (units * input.iter().product::<usize>(), *units),
            _ => (0, 0),
        }
    }
}

impl OpSpec {
    /// The window that the operator slides over an input of this shape, if it is one that does.
    #[must_use]
    pub fn window(&self, input: [usize; 3]) -> Option<SlidingWindow> {
        let [height, width, _] = input;
        let (kernel, stride, padding) = match *self {
            Self::Conv2d { kernel, stride, padding, .. }
            | Self::DepthwiseConv2d { kernel, stride, padding, .. } => (kernel, stride, padding),
            Self::MaxPool { kernel, stride } | Self::AveragePool { kernel, stride } => {
                (kernel, stride, Padding::NONE)
            }
            Self::GlobalAveragePool => ([height, width], [1, 1], Padding::NONE),
            Self::Add { .. } | Self::Dropout { .. } | Self::Dense { .. } => return None,
        };
        Some(SlidingWindow { input, kernel, stride, padding })
    }
}

fn output_shape(layer: &LayerSpec, shapes: &[[usize; 3]]) -> anyhow::Result<[usize; 3]> {
    let tensor = |index: usize| shapes.get(index).with_context(|| format!("tensor {index} is not there yet"));
    let input = *tensor(layer.input)?;
    let channels = match layer.op {
        OpSpec::Conv2d { channels, .. } => channels,
        OpSpec::Dense { units, .. } => units,
        _ => input[2],
    };
    ensure!(channels > 0, "it has no outputs");
    if let Some(window) = layer.op.window(input) {
        ensure!(
            window.kernel.iter().chain(&window.stride).all(|&size| size > 0),
            "kernel and stride are at least 1"
        );
        let [height, width] = window.output().context("its window is larger than its input")?;
        return Ok([height, width, channels]);
    }
    match layer.op {
        OpSpec::Dense { .. } => Ok([1, 1, channels]),
        OpSpec::Add { other, .. } if *tensor(other)? != input => bail!("it adds tensors of different shapes"),
        OpSpec::Dropout { rate } if !(0.0..1.0).contains(&rate) => {
            bail!("the share dropped is not within 0 to 1")
        }
        _ => Ok(input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(ops: Vec<OpSpec>) -> Network {
        let layer = |(input, op)| LayerSpec { name: format!("layer{input}"), input, op };
        Network { input: [8, 6, 1], layers: ops.into_iter().enumerate().map(layer).collect() }
    }

    fn convolution(channels: usize, kernel: [usize; 2]) -> OpSpec {
        OpSpec::Conv2d {
            channels,
            kernel,
            stride: [2, 1],
            padding: Padding::even(1, 0),
            batch_norm: true,
            relu: true,
        }
    }

    #[test]
    fn shapes_and_counts_by_hand() {
        let dense = OpSpec::Dense { units: 3, relu: false };
        let network = network(vec![convolution(5, [3, 3]), OpSpec::GlobalAveragePool, dense]);
        // (8 + 2 - 3) / 2 + 1 rows, 6 - 3 + 1 columns.
        assert_eq!(network.shapes().unwrap(), [[8, 6, 1], [4, 4, 5], [1, 1, 5], [1, 1, 3]]);
        assert_eq!(network.macs(), 4 * 4 * 5 * 9 + 5 * 3);
        assert_eq!(network.params(), 5 * 9 + 5 + 5 * 3 + 3);
    }

    #[test]
    fn impossible_networks_are_refused_by_layer() {
        let refused = |ops| format!("{:#}", network(ops).shapes().unwrap_err());
        assert!(refused(Vec::new()).contains("at least one layer"));
        let large = refused(vec![convolution(4, [3, 3]), convolution(4, [3, 9])]);
        assert!(large.contains("layer1") && large.contains("larger than its input"), "{large}");
        assert!(refused(vec![convolution(0, [3, 3])]).contains("no outputs"));
        assert!(refused(vec![convolution(4, [0, 3])]).contains("at least 1"));
        assert!(refused(vec![OpSpec::Add { other: 2, relu: false }]).contains("not there yet"));
        let sum = OpSpec::Add { other: 0, relu: false };
        assert!(refused(vec![convolution(4, [3, 3]), sum]).contains("different shapes"));
        assert!(refused(vec![OpSpec::Dropout { rate: 1.0 }]).contains("within 0 to 1"));
    }
}
