//! What the kernels cost in ticks of the core clock: the nine reference shapes, and every operator beside them.
#![no_std]
#![no_main]

mod layer;
mod tables;

use cortex_m_rt::entry;
use engine::kernels;
use firmware_sim::host::{self, HostError};
use firmware_sim::noise::Noise;
use firmware_sim::ticks::Ticks;
use serde::Serialize;

use layer::Layer;
use tables::{MAX_KERNEL_SIZE, OPERATORS, SHAPES};

/// Room for the largest of the layers. Biases, multipliers and shifts are the same for every channel, but
/// that a multiplier of 0 comes before the others.
#[repr(C, align(8))]
struct Memory {
    tensors: [i8; 99_840],
    scratch: [i8; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
    weights: [u8; 16_384],
    bias: [u8; 256],
    multipliers: [u8; 260],
    shifts: [u8; 64],
}

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = Memory {
        tensors: [0; 99_840],
        scratch: [0; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
        weights: [0; 16_384],
        bias: [0; 256],
        multipliers: [0; 260],
        shifts: [0; 64],
    };
    host::exit(measure_all(MEMORY))
}

fn measure_all(memory: &mut Memory) -> Result<(), HostError> {
    let clock = Ticks::start();
    let mut noise = Noise::new();
    memory.weights.fill_with(|| noise.next_byte());
    memory.multipliers[4..].as_chunks_mut().0.fill((3_i32 << 29).to_le_bytes());
    memory.shifts.fill((-9_i8).cast_unsigned());
    let mut measure = |layer: &Layer| {
        memory.tensors.fill_with(|| noise.next_byte().cast_signed());
        clock.measure(|| layer.run(memory))
    };
    let kernels =
        SHAPES.each_ref().map(|shape| Kernel { name: shape.name, macs: shape.macs(), ticks: measure(shape) });
    let operators = OPERATORS.each_ref().map(|(layer, unit)| Operator {
        name: layer.name,
        unit: unit.name(),
        count: unit.count(layer),
        ticks: measure(layer),
    });
    host::write_result::<4096>(&Costs { kernels, operators })
}

/// `result.json`.
#[derive(Serialize)]
struct Costs {
    kernels: [Kernel; SHAPES.len()],
    operators: [Operator; OPERATORS.len()],
}

/// What a reference shape costs.
#[derive(Serialize)]
struct Kernel {
    name: &'static str,
    macs: u64,
    ticks: u64,
}

/// What an operator costs, and how many units it computes.
#[derive(Serialize)]
struct Operator {
    name: &'static str,
    unit: &'static str,
    count: u64,
    ticks: u64,
}
