//! The layers that are measured.

use crate::layer::Operator::{
    Add, AveragePool, Convolution, Dense, Depthwise, GlobalAveragePool, MaxPool, Softmax,
};
use crate::layer::{Layer, Operator};

/// The largest kernel that gets scratch memory, 5 x 5 over 64 channels.
pub const MAX_KERNEL_SIZE: usize = 25 * 64;

/// Layers of a common small network.
pub const SHAPES: [Layer; 9] = [
    shape("conv 3x3 stride 2, 64x130x1 -> 16", Convolution, [64, 130, 1], [32, 65, 16], 3, 2),
    shape("depthwise 3x3 stride 1, 32x65x16", Depthwise, [32, 65, 16], [32, 65, 16], 3, 1),
    shape("pointwise 32x65, 16 -> 32", Convolution, [32, 65, 16], [32, 65, 32], 1, 1),
    shape("depthwise 3x3 stride 2, 32x65x32", Depthwise, [32, 65, 32], [16, 33, 32], 3, 2),
    shape("pointwise 16x33, 32 -> 64", Convolution, [16, 33, 32], [16, 33, 64], 1, 1),
    shape("depthwise 3x3 stride 1, 16x33x64", Depthwise, [16, 33, 64], [16, 33, 64], 3, 1),
    shape("pointwise 16x33, 64 -> 64", Convolution, [16, 33, 64], [16, 33, 64], 1, 1),
    shape("conv 3x3 stride 1, 16x33, 32 -> 32", Convolution, [16, 33, 32], [16, 33, 32], 3, 1),
    shape("conv 3x3 stride 2, 32x65, 16 -> 32", Convolution, [32, 65, 16], [16, 33, 32], 3, 2),
];

/// What an operator's cost is divided by.
#[derive(Clone, Copy)]
pub enum Unit {
    Mac,
    Input,
    Output,
}

impl Unit {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mac => "MAC",
            Self::Input => "input",
            Self::Output => "output",
        }
    }

    pub fn count(self, layer: &Layer) -> u64 {
        match self {
            Self::Mac => layer.macs(),
            Self::Input => layer.inputs(),
            Self::Output => layer.outputs(),
        }
    }
}

use Unit::{Input, Mac, Output};

/// The other operators, kernels that are wider than those of [`SHAPES`], and channels with factors that need more care.
pub const OPERATORS: [(Layer, Unit); 13] = [
    (whole("dense 256 -> 64", Dense, [1, 1, 256], 64), Mac),
    (whole("dense 64 -> 12", Dense, [1, 1, 64], 12), Mac),
    (halved("average pool 2x2, 16x32x32", AveragePool), Output),
    (whole("average pool 16x33 -> 1x1, 64 channels", AveragePool, [16, 33, 64], 64), Input),
    (whole("mean 16x33 -> 1x1, 64 channels", GlobalAveragePool, [16, 33, 64], 64), Input),
    (halved("max pool 2x2, 16x32x32", MaxPool), Output),
    (whole("softmax of 12", Softmax, [1, 1, 12], 12), Output),
    (shape("add, scales differ", Add { is_equal: false }, [16, 16, 16], [16, 16, 16], 1, 1), Output),
    (shape("add, equal scales", Add { is_equal: true }, [16, 16, 16], [16, 16, 16], 1, 1), Output),
    (shape("conv 3x3, 12x12, 64 -> 16", Convolution, [12, 12, 64], [12, 12, 16], 3, 1), Mac),
    (shape("conv 3x3, 12x12, 128 -> 8", Convolution, [12, 12, 128], [12, 12, 8], 3, 1), Mac),
    (shape("conv 5x5, 12x12, 64 -> 8", Convolution, [12, 12, 64], [12, 12, 8], 5, 1), Mac),
    (
        shape(
            "conv 3x3, 16x33, 32 -> 32, a factor of 0",
            Operator::ConvolutionWithZero,
            [16, 33, 32],
            [16, 33, 32],
            3,
            1,
        ),
        Mac,
    ),
];

const fn shape(
    name: &'static str,
    operator: Operator,
    input: [u16; 3],
    output: [u16; 3],
    kernel: u8,
    stride: u8,
) -> Layer {
    Layer { name, operator, input, output, kernel: [kernel; 2], stride, padding: kernel / 2 }
}

/// An operator with one window, that of the whole input.
const fn whole(name: &'static str, operator: Operator, input: [u16; 3], outputs: u16) -> Layer {
    let kernel = [input[0] as u8, input[1] as u8];
    Layer { name, operator, input, output: [1, 1, outputs], kernel, stride: 1, padding: 0 }
}

/// A pool over windows of 2 x 2.
const fn halved(name: &'static str, operator: Operator) -> Layer {
    Layer { name, operator, input: [16, 32, 32], output: [8, 16, 32], kernel: [2; 2], stride: 2, padding: 0 }
}
