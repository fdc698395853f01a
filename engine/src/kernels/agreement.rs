//! Random layers, computed by the kernels that were compiled in and by the plain ones, which say what is right.
//!
//! It is a test, here so that the firmware of a board can run it as well as the host: no part of the engine's
//! interface.

use core::fmt::{self, Display};

use super::{AddRescale, Input, Output, plain};
use crate::blob::{Clamp, Filter, Rescale, Tensor, Window};
use crate::kernels;

const MAX_VALUES: usize = 12 << 10;
const MAX_WEIGHTS: usize = 20 << 10;
const MAX_CHANNELS: usize = 40;
/// 5 x 5 taps of all channels.
const MAX_KERNEL_SIZE: usize = 25 * MAX_CHANNELS;

/// What a case is computed from and into.
pub struct Memory {
    input: [i8; MAX_VALUES],
    expected: [i8; MAX_VALUES],
    actual: [i8; MAX_VALUES],
    scratch: [i8; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
    weights: [u8; MAX_WEIGHTS],
    bias: [[u8; 4]; MAX_CHANNELS],
    multipliers: [[u8; 4]; MAX_CHANNELS],
    shifts: [u8; MAX_CHANNELS],
}

impl Memory {
    /// Room for the largest case.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            input: [0; MAX_VALUES],
            expected: [0; MAX_VALUES],
            actual: [0; MAX_VALUES],
            scratch: [0; kernels::conv2d_scratch_bytes(MAX_KERNEL_SIZE)],
            weights: [0; MAX_WEIGHTS],
            bias: [[0; 4]; MAX_CHANNELS],
            multipliers: [[0; 4]; MAX_CHANNELS],
            shifts: [0; MAX_CHANNELS],
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// A layer: random, from one position of one channel to kernels that are smaller than their stride.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    operator: Operator,
    input: Tensor,
    output: Tensor,
    window: Window,
    clamp: Clamp,
    kernel_size: usize,
}

#[derive(Debug, Clone, Copy)]
enum Operator {
    Convolution,
    Depthwise,
    Dense,
    MaxPool,
    AveragePool,
    GlobalAveragePool(Rescale),
    Addition(AddRescale),
}

impl Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "differs from the plain kernel: {self:?}")
    }
}

/// Computes so many random layers twice.
///
/// # Errors
/// The first layer whose results differ.
pub fn check(cases: usize, memory: &mut Memory) -> Result<(), Case> {
    let mut noise = Noise(1);
    for _ in 0..cases {
        let case = match noise.next_byte() % 16 {
            0 | 1 => random_addition(&mut noise),
            2 => random_product(&mut noise),
            3 | 4 => random_pool(&mut noise),
            5..=10 => random_row(&mut noise),
            _ => random_case(&mut noise),
        };
        fill(memory, &mut noise);
        case.run(memory)?;
    }
    Ok(())
}

/// An addition, usually of a tensor whose factor is a half and one whose factor is less.
fn random_addition(noise: &mut Noise) -> Case {
    let mut up_to = |limit: u16| noise.next_sample().cast_unsigned() % limit;
    let mut factor = |lowest: u16| {
        let fraction = i32::from(up_to(0x4000)) << 16 | i32::from(up_to(0x4000));
        Rescale { multiplier: 1 << 30 | fraction & 0x3fff_ffff, shift: -(up_to(lowest) as i8) }
    };
    let mut factors = [Rescale { multiplier: 1 << 30, shift: 0 }, factor(12)];
    let output = factor(32);
    if up_to(4) == 0 {
        factors[0] = factors[1];
    }
    if up_to(2) == 0 {
        factors.reverse();
    }
    let [input, other] = factors;
    let [width, channels] = [9, 40].map(|limit| 1 + up_to(limit));
    let mut tensor = || {
        let zero_point = (up_to(256) as u8).cast_signed();
        Tensor { height: 1, width, channels, zero_point, scale: 1.0 }
    };
    let [input_tensor, output_tensor] = [tensor(), tensor()];
    Case {
        operator: Operator::Addition(AddRescale { input, other, output }),
        input: input_tensor,
        output: output_tensor,
        window: Window { kernel: [1, 1], stride: [1, 1], padding: [0, 0] },
        clamp: if up_to(2) == 0 { Clamp::NONE } else { Clamp { low: -7, high: 40 } },
        kernel_size: 0,
    }
}

fn random_case(noise: &mut Noise) -> Case {
    let mut up_to = |limit: u16| 1 + noise.next_sample().cast_unsigned() % limit;
    let is_depthwise = up_to(2) == 1;
    // Every other case has the multiples of four that the fast kernels like best.
    let unit = if up_to(2) == 1 { 4 } else { 1 };
    let channels = up_to(10) * unit;
    let outputs = if is_depthwise { channels } else { up_to(20) };
    let kernel = [(); 2].map(|()| up_to(5) as u8);
    let stride = [(); 2].map(|()| up_to(4) as u8);
    let padding = kernel.map(|kernel| (up_to(kernel.into()) - 1) as u8);
    let [height, width] = [up_to(9), up_to(17)];
    // Up to the last window that touches the input.
    let last = |size: u16, axis: usize| (size + u16::from(padding[axis])).div_ceil(stride[axis].into());
    let [rows, columns] = [up_to(last(height, 0)), up_to(last(width, 1))];
    let low = if up_to(2) == 1 { -128 } else { -7 };
    let high = if up_to(2) == 1 { 127 } else { 40 };
    let [input_zero, output_zero] = [(); 2].map(|()| (up_to(256) as u8).cast_signed());
    let taps = usize::from(kernel[0]) * usize::from(kernel[1]);
    Case {
        operator: if is_depthwise { Operator::Depthwise } else { Operator::Convolution },
        input: Tensor { height, width, channels, zero_point: input_zero, scale: 1.0 },
        output: Tensor {
            height: rows,
            width: columns,
            channels: outputs,
            zero_point: output_zero,
            scale: 1.0,
        },
        window: Window { kernel, stride, padding },
        clamp: Clamp { low, high },
        kernel_size: if is_depthwise { taps } else { taps * usize::from(channels) },
    }
}

/// A layer for one row of its output, of one to nine positions, from the rows of the input that it reads: where
/// padding above or below cuts the kernel, they are fewer than the kernel has.
fn random_row(noise: &mut Noise) -> Case {
    let case = random_case(noise);
    let mut up_to = |limit: u16| 1 + noise.next_sample().cast_unsigned() % limit;
    let kernel = [1, 3, 3, 3, 5][usize::from(up_to(5)) - 1];
    let height = up_to(kernel.into());
    let above = up_to(u16::from(kernel) + 1 - height) - 1;
    let columns = up_to(9);
    let stride = [1 + above as u8, up_to(2) as u8];
    let padding = [above as u8, (up_to(kernel.into()) - 1) as u8];
    // The last window touches the input, and may lie within it.
    let width = (columns - 1) * u16::from(stride[1]) + up_to(kernel.into());
    let width = width.saturating_sub(padding[1].into()).max(1);
    let last = (width + u16::from(padding[1])).div_ceil(stride[1].into());
    // Those of the shipped networks among them.
    let channels = match case.operator {
        Operator::Convolution => [1, 1, 10, 12, 20, 28, 34, up_to(40)][usize::from(up_to(8)) - 1],
        _ => case.input.channels,
    };
    let taps = usize::from(kernel) * usize::from(kernel);
    let is_depthwise = matches!(case.operator, Operator::Depthwise);
    Case {
        input: Tensor { height, width, channels, ..case.input },
        output: Tensor { height: 1, width: columns.min(last), ..case.output },
        window: Window { kernel: [kernel; 2], stride, padding },
        kernel_size: if is_depthwise { taps } else { taps * usize::from(channels) },
        ..case
    }
}

/// A matrix product with as many outputs as there are weights for, up to twenty.
fn random_product(noise: &mut Noise) -> Case {
    let case = random_case(noise);
    let most = (MAX_WEIGHTS / case.input.len()).min(20);
    let outputs = 1 + noise.next_sample().cast_unsigned() % most as u16;
    Case {
        operator: Operator::Dense,
        output: Tensor { height: 1, width: 1, channels: outputs, ..case.output },
        kernel_size: case.input.len(),
        ..case
    }
}

/// A pool: one in four has a window of up to 31 x 31, and so has all of its input under it.
fn random_pool(noise: &mut Noise) -> Case {
    let case = random_case(noise);
    let mut up_to = |limit: u16| 1 + noise.next_sample().cast_unsigned() % limit;
    let [operator, kernel] = [up_to(3), up_to(4)];
    let fraction = i32::from(up_to(0x4000)) << 16;
    let rescale = Rescale { multiplier: 1 << 30 | fraction & 0x3fff_ffff, shift: 1 - up_to(3) as i8 };
    let is_global = operator == 3;
    let window = match kernel {
        1 => Window { kernel: [up_to(31) as u8, up_to(31) as u8], ..case.window },
        _ => case.window,
    };
    let [height, width] = if is_global { [1; 2] } else { [case.output.height, case.output.width] };
    Case {
        operator: match operator {
            1 => Operator::MaxPool,
            2 => Operator::AveragePool,
            _ => Operator::GlobalAveragePool(rescale),
        },
        output: Tensor { height, width, channels: case.input.channels, ..case.output },
        window,
        kernel_size: 0,
        ..case
    }
}

/// Random values, or one extreme throughout; factors that are usual, a single one that is not, and any that there are.
fn fill(memory: &mut Memory, noise: &mut Noise) {
    fill_with_bytes(memory.input.iter_mut(), noise, u8::cast_signed);
    fill_with_bytes(memory.weights.iter_mut(), noise, |byte| byte);
    let is_usual = noise.next_byte() > 64;
    let channels = memory.bias.iter_mut().zip(&mut memory.multipliers).zip(&mut memory.shifts);
    for ((bias, multiplier), shift) in channels {
        let mut word = || i32::from(noise.next_sample()) << 16 | i32::from(noise.next_byte()) << 8;
        *bias = (word() >> if is_usual { 16 } else { 2 }).to_le_bytes();
        let fraction = word() & 0x3fff_ffff;
        *multiplier = (1 << 30 | if is_usual { fraction } else { fraction & 1 << 29 }).to_le_bytes();
        let exponent = noise.next_byte() % 32;
        *shift = (if is_usual { -1 - (exponent as i8 % 14) } else { 1 - exponent as i8 }).cast_unsigned();
    }
    let single = usize::from(noise.next_byte());
    if let Some((multiplier, shift)) = memory.multipliers.get_mut(single).zip(memory.shifts.get_mut(single)) {
        (*multiplier, *shift) = ([0; 4], 0);
    }
}

fn fill_with_bytes<'a, T: 'a>(
    values: impl Iterator<Item = &'a mut T>,
    noise: &mut Noise,
    from_byte: impl Fn(u8) -> T,
) {
    let extreme = [Some(0x80), Some(0x7f), None, None][usize::from(noise.next_byte() % 4)];
    values.for_each(|value| *value = from_byte(extreme.unwrap_or_else(|| noise.next_byte())));
}

impl Case {
    fn run(self, memory: &mut Memory) -> Result<(), Self> {
        let channels = usize::from(self.output.channels);
        let filter = Filter {
            weights: &memory.weights[..channels * self.kernel_size],
            bias: memory.bias[..channels].as_flattened(),
            multipliers: memory.multipliers[..channels].as_flattened(),
            shifts: &memory.shifts[..channels],
            clamp: self.clamp,
        };
        let input = Input { tensor: self.input, data: &memory.input[..self.input.len()] };
        let expected = &mut memory.expected[..self.output.len()];
        let actual = &mut memory.actual[..self.output.len()];
        let [expecting, acting] =
            [&mut *expected, &mut *actual].map(|data| Output { tensor: self.output, data });
        match self.operator {
            Operator::Convolution => {
                plain::conv2d(input, expecting, self.window, &filter);
                kernels::conv2d(input, acting, self.window, &filter, &mut memory.scratch);
            }
            Operator::Depthwise => {
                plain::depthwise_conv2d(input, expecting, self.window, &filter);
                kernels::depthwise_conv2d(input, acting, self.window, &filter);
            }
            Operator::Dense => {
                plain::dense(input, expecting, &filter);
                kernels::dense(input, acting, &filter);
            }
            Operator::MaxPool => {
                plain::max_pool(input, expecting, self.window, self.clamp);
                kernels::max_pool(input, acting, self.window, self.clamp);
            }
            Operator::AveragePool => {
                plain::average_pool(input, expecting, self.window, self.clamp);
                kernels::average_pool(input, acting, self.window, self.clamp);
            }
            Operator::GlobalAveragePool(rescale) => {
                plain::global_average_pool(input, expecting, rescale);
                kernels::global_average_pool(input, acting, rescale);
            }
            Operator::Addition(rescale) => {
                // The other one has the output's zero point.
                let other = &memory.input[self.input.len()..][..self.input.len()];
                let other = Input { tensor: self.output, data: other };
                plain::add(input, other, expecting, rescale, self.clamp);
                kernels::add(input, other, acting, rescale, self.clamp);
            }
        }
        if actual != expected {
            return Err(self);
        }
        // A host with kernels of its own runs the portable ones nowhere else.
        #[cfg(not(cortex_m))]
        if let Operator::Convolution = self.operator {
            actual.fill(0);
            let acting = Output { tensor: self.output, data: &mut *actual };
            kernels::portable::conv2d(input, acting, self.window, &filter, &mut memory.scratch);
            return if actual == expected { Ok(()) } else { Err(self) };
        }
        Ok(())
    }
}

/// A linear congruential generator (Knuth, "The Art of Computer Programming", vol. 2, 3.3.4): what it makes
/// need not be good, only the same every time.
struct Noise(u32);

impl Noise {
    fn next_sample(&mut self) -> i16 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The low bits repeat soon.
        (self.0 >> 16) as i16
    }

    fn next_byte(&mut self) -> u8 {
        self.next_sample() as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret")]
    fn the_hosts_kernels_agree_with_the_plain_ones() {
        let mut memory = std::boxed::Box::new(Memory::new());
        if let Err(case) = check(4000, &mut memory) {
            panic!("{case}");
        }
    }
}
