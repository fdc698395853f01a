//! A layer over random values.

use engine::blob::{Clamp, Filter, Rescale, Tensor, Window};
use engine::kernels::{self, AddRescale, Input, Output};

use crate::Memory;

/// A layer: height, width and channels in and out.
pub struct Layer {
    pub name: &'static str,
    pub operator: Operator,
    pub input: [u16; 3],
    pub output: [u16; 3],
    pub kernel: [u8; 2],
    pub stride: u8,
    pub padding: u8,
}

#[derive(Clone, Copy)]
pub enum Operator {
    Convolution,
    /// One whose first channel has the factor 0, as that of a channel without weights.
    ConvolutionWithZero,
    Depthwise,
    Dense,
    AveragePool,
    GlobalAveragePool,
    MaxPool,
    Softmax,
    Add {
        /// Whether both inputs have one scale.
        is_equal: bool,
    },
}

use Operator::{
    Add, AveragePool, Convolution, ConvolutionWithZero, Dense, Depthwise, GlobalAveragePool, MaxPool, Softmax,
};

/// Steps of 1/20 in Q5.26.
const TWENTIETHS: Rescale = Rescale { multiplier: 0x6666_6666, shift: 22 };
/// 0.3, 0.9, and 1.5 behind a shift by 20 bits.
const THREE_TENTHS: Rescale = Rescale { multiplier: 0x4ccc_cccd, shift: -1 };
const NINE_TENTHS: Rescale = Rescale { multiplier: 0x7333_3333, shift: 0 };
const SUM: Rescale = Rescale { multiplier: 0x6000_0000, shift: -19 };
/// One half, what an input of the larger scale is multiplied by before an addition.
const HALF: Rescale = Rescale { multiplier: 1 << 30, shift: 0 };

impl Layer {
    pub fn inputs(&self) -> u64 {
        self.input.into_iter().map(u64::from).product()
    }

    pub fn outputs(&self) -> u64 {
        self.output.into_iter().map(u64::from).product()
    }

    pub fn macs(&self) -> u64 {
        self.outputs() * self.weights_per_output()
    }

    fn weights_per_output(&self) -> u64 {
        let inputs = if let Depthwise = self.operator { 1 } else { self.input[2].into() };
        u64::from(self.kernel[0]) * u64::from(self.kernel[1]) * inputs
    }

    pub fn run(&self, memory: &mut Memory) {
        let (input, output) = (tensor(self.input), tensor(self.output));
        let channels = usize::from(output.channels);
        let (read, written) = memory.tensors.split_at_mut(input.len());
        let read = Input { tensor: input, data: read };
        let (written, other) = written.split_at_mut(output.len());
        let written = Output { tensor: output, data: written };
        let window = Window { kernel: self.kernel, stride: [self.stride; 2], padding: [self.padding; 2] };
        let clamp = Clamp { low: -128, high: 127 };
        // The first multiplier is 0.
        let first = if let ConvolutionWithZero = self.operator { 0 } else { 4 };
        let weights = channels * self.weights_per_output() as usize;
        let filter = || Filter {
            weights: &memory.weights[..weights],
            bias: &memory.bias[..channels * 4],
            multipliers: &memory.multipliers[first..][..channels * 4],
            shifts: &memory.shifts[..channels],
            clamp,
        };
        match self.operator {
            Convolution | ConvolutionWithZero => {
                kernels::conv2d(read, written, window, &filter(), &mut memory.scratch);
            }
            Depthwise => kernels::depthwise_conv2d(read, written, window, &filter()),
            Dense => kernels::dense(read, written, &filter()),
            AveragePool => kernels::average_pool(read, written, window, clamp),
            GlobalAveragePool => kernels::global_average_pool(read, written, NINE_TENTHS),
            MaxPool => kernels::max_pool(read, written, window, clamp),
            Softmax => kernels::softmax(read, written, TWENTIETHS),
            Add { is_equal } => {
                let scaled = if is_equal { HALF } else { THREE_TENTHS };
                let rescale = AddRescale { input: HALF, other: scaled, output: SUM };
                let other = Input { tensor: input, data: &other[..input.len()] };
                kernels::add(read, other, written, rescale, clamp);
            }
        }
    }
}

/// As it is behind a ReLU: the zero point at the lower end.
fn tensor([height, width, channels]: [u16; 3]) -> Tensor {
    Tensor { height, width, channels, zero_point: -128, scale: 0.05 }
}
