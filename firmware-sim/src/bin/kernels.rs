//! The nine reference shapes over random weights: what each kernel costs in ticks of the core clock.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::blob::{Clamp, Filter, Tensor, Window};
use engine::kernels::{self, Input, Output};
use firmware_sim::host::{self, HostError};
use firmware_sim::noise::Noise;
use firmware_sim::ticks::Ticks;
use serde::Serialize;

/// A layer of a common small network: height, width and channels in and out.
struct Shape {
    name: &'static str,
    operator: Operator,
    input: [u16; 3],
    output: [u16; 3],
    kernel: u8,
    stride: u8,
}

#[derive(Clone, Copy)]
enum Operator {
    Convolution,
    Depthwise,
}

use Operator::{Convolution, Depthwise};

const SHAPES: [Shape; 9] = [
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

const fn shape(
    name: &'static str,
    operator: Operator,
    input: [u16; 3],
    output: [u16; 3],
    kernel: u8,
    stride: u8,
) -> Shape {
    Shape { name, operator, input, output, kernel, stride }
}

/// The largest kernel of [`SHAPES`], 3 x 3 over 32 channels.
const MAX_KERNEL_SIZE: usize = 9 * 32;

/// Room for the largest of [`SHAPES`]. Biases, multipliers and shifts are the same for every channel.
#[repr(C, align(8))]
struct Memory {
    tensors: [i8; 99_840],
    scratch: [i8; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
    weights: [u8; 9216],
    bias: [u8; 256],
    multipliers: [u8; 256],
    shifts: [u8; 64],
}

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory {
        tensors: [0; 99_840],
        scratch: [0; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
        weights: [0; 9216],
        bias: [0; 256],
        multipliers: [0; 256],
        shifts: [0; 64],
    };
    host::exit(measure_all(MEMORY))
}

fn measure_all(memory: &mut Memory) -> Result<(), HostError> {
    let clock = Ticks::start();
    let mut noise = Noise::new();
    memory.weights.fill_with(|| noise.next_byte());
    memory.multipliers.as_chunks_mut().0.fill((3_i32 << 29).to_le_bytes());
    memory.shifts.fill((-9_i8).cast_unsigned());
    let kernels = SHAPES.each_ref().map(|shape| {
        memory.tensors.fill_with(|| noise.next_byte().cast_signed());
        Cost { name: shape.name, macs: shape.macs(), ticks: clock.measure(|| shape.run(memory)) }
    });
    host::write_result::<1024>(&Costs { kernels })
}

/// `result.json`.
#[derive(Serialize)]
struct Costs {
    kernels: [Cost; SHAPES.len()],
}

/// What a kernel costs.
#[derive(Serialize)]
struct Cost {
    name: &'static str,
    macs: u64,
    ticks: u64,
}

impl Shape {
    fn macs(&self) -> u64 {
        let inputs = match self.operator {
            Convolution => self.input[2],
            Depthwise => 1,
        };
        self.output
            .into_iter()
            .chain([self.kernel.into(), self.kernel.into(), inputs])
            .map(u64::from)
            .product()
    }

    /// Weights of one output channel, over all channels.
    fn weights(&self) -> usize {
        (self.macs() / (u64::from(self.output[0]) * u64::from(self.output[1]))) as usize
    }

    fn run(&self, memory: &mut Memory) {
        let (input, output) = (tensor(self.input), tensor(self.output));
        let channels = usize::from(output.channels);
        let filter = Filter {
            weights: &memory.weights[..self.weights()],
            bias: &memory.bias[..channels * 4],
            multipliers: &memory.multipliers[..channels * 4],
            shifts: &memory.shifts[..channels],
            clamp: Clamp { low: -128, high: 127 },
        };
        let (read, written) = memory.tensors.split_at_mut(input.len());
        let read = Input { tensor: input, data: read };
        let written = Output { tensor: output, data: &mut written[..output.len()] };
        let padding = self.kernel / 2;
        let window = Window { kernel: [self.kernel; 2], stride: [self.stride; 2], padding: [padding; 2] };
        match self.operator {
            Convolution => kernels::conv2d(read, written, window, &filter, &mut memory.scratch),
            Depthwise => kernels::depthwise_conv2d(read, written, window, &filter),
        }
    }
}

/// As it is behind a ReLU: the zero point at the lower end.
fn tensor([height, width, channels]: [u16; 3]) -> Tensor {
    Tensor { height, width, channels, zero_point: -128, scale: 0.05 }
}
