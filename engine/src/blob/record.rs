//! One fixed-size record a tensor: its shape, the layer that writes it, and its place in memory.

use super::{Clamp, Filter, Layer, Op, Rescale, Tensor, Window};

/// Bytes of a record.
pub const RECORD_BYTES: usize = 56;

/// The number of an operator in a record; that of tensor 0 stands for the network's input.
const INPUT: u8 = 255;

/// The number of the addition, which reads a second tensor.
const ADD: u8 = 6;

/// Where a layer's lag is in its record.
const LAG: usize = 43;

/// A record as it lies in the blob.
pub(crate) type Record = [u8; RECORD_BYTES];

/// Where a tensor's rows lie in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Placement {
    /// Rows that are kept from one step to the next, since later rows of other tensors are computed from them too.
    pub history: u16,
    /// Where they lie in the state memory, in bytes.
    pub state: u32,
    /// Where they and the new row lie in the workspace during a step.
    pub workspace: u32,
    /// Where the layer that computes the tensor has its scratch memory in the workspace.
    pub scratch: u32,
}

/// The tensor that a record describes.
pub(crate) fn tensor(record: &Record) -> Tensor {
    Tensor {
        height: u16_at(record, 4),
        width: u16_at(record, 6),
        channels: u16_at(record, 8),
        zero_point: i8_at(record, 3),
        scale: f32::from_bits(u32_at(record, 12)),
    }
}

pub(crate) fn placement(record: &Record) -> Placement {
    Placement {
        history: u16_at(record, 10),
        state: u32_at(record, 44),
        workspace: u32_at(record, 48),
        scratch: u32_at(record, 52),
    }
}

/// The tensors that a record's layer reads: twice the one, where it is one.
#[inline]
pub(crate) const fn inputs(record: &Record) -> [u8; 2] {
    let [number, input, other, ..] = *record;
    [input, if number == ADD { other } else { input }]
}

/// Whether a record can be the input's: nothing in it but tensor and place.
pub(crate) fn is_input(record: &Record) -> bool {
    let [op, input, other, ..] = *record;
    let rest = record.get(16..44).unwrap_or_default();
    // All bits in one: of a comparison byte by byte LLVM 22 makes vectors that it cannot compile for a Cortex-M55.
    let bits = rest.iter().fold(0, |bits, byte| bits | byte);
    [op, input, other] == [INPUT, 0, 0] && bits == 0
}

/// The layer that a record describes, which reads `input`. Its filter lies in `filters`; None if it does not, or if
/// the operator is unknown.
pub(crate) fn layer<'a>(record: &Record, input: Option<Tensor>, filters: &'a [u8]) -> Option<Layer<'a>> {
    let [number, index, other, ..] = *record;
    let output = tensor(record);
    let pair = |at: usize| [u8_at(record, at), u8_at(record, at.saturating_add(1))];
    let window = Window { kernel: pair(16), stride: pair(18), padding: pair(20) };
    let clamp = Clamp { low: i8_at(record, 22), high: i8_at(record, 23) };
    let [rescale, other_rescale, output_rescale] = [(28, 40), (32, 41), (36, 42)].map(|(at, shift)| {
        Rescale { multiplier: u32_at(record, at).cast_signed(), shift: i8_at(record, shift) }
    });
    let filter = Filter { weights: &[], bias: &[], multipliers: &[], shifts: &[], clamp };
    let op = match number {
        0 => Op::Conv2d { window, filter },
        1 => Op::DepthwiseConv2d { window, filter },
        2 => Op::Dense { filter },
        3 => Op::MaxPool { window, clamp },
        4 => Op::AveragePool { window, clamp },
        5 => Op::GlobalAveragePool { rescale },
        ADD => Op::Add { other, input_rescale: rescale, other_rescale, output_rescale, clamp },
        7 => Op::Softmax { rescale },
        _ => return None,
    };
    let mut layer = Layer { input: index, lag: u8_at(record, LAG), output, op };
    layer.read_filter(input, filters.get(u32_at(record, 24) as usize..))?;
    Some(layer)
}

impl<'a> Layer<'a> {
    /// Finds a filter's parts from where it starts, if the operator has one.
    fn read_filter(&mut self, input: Option<Tensor>, start: Option<&'a [u8]>) -> Option<()> {
        let weights = self.op.weights_per_channel(input?);
        let channels = usize::from(self.output.channels);
        if let Op::Conv2d { filter, .. } | Op::DepthwiseConv2d { filter, .. } | Op::Dense { filter } =
            &mut self.op
        {
            *filter = Filter::read(start?, weights.checked_mul(channels)?, channels, filter.clamp)?;
        }
        Some(())
    }
}

impl<'a> Filter<'a> {
    /// Reads a filter from where it starts: weights, filled up to whole words, biases, multipliers, shifts.
    fn read(bytes: &'a [u8], weights: usize, channels: usize, clamp: Clamp) -> Option<Self> {
        let (weights, rest) = bytes.split_at_checked(weights)?;
        let padding = weights.len().wrapping_neg() % 4;
        let (_, rest) = rest.split_at_checked(padding)?;
        let (bias, rest) = rest.split_at_checked(channels.checked_mul(4)?)?;
        let (multipliers, rest) = rest.split_at_checked(bias.len())?;
        let (shifts, _) = rest.split_at_checked(channels)?;
        Some(Self { weights, bias, multipliers, shifts, clamp })
    }
}

fn u8_at(record: &Record, at: usize) -> u8 {
    record.get(at).copied().unwrap_or(0)
}

fn i8_at(record: &Record, at: usize) -> i8 {
    u8_at(record, at).cast_signed()
}

fn u16_at(record: &Record, at: usize) -> u16 {
    u16::from_le_bytes([u8_at(record, at), u8_at(record, at.saturating_add(1))])
}

fn u32_at(record: &Record, at: usize) -> u32 {
    let [low, high] = [at, at.saturating_add(2)].map(|at| u32::from(u16_at(record, at)));
    low | high << 16
}

/// Writes the record of the network's input.
#[cfg(feature = "std")]
pub(crate) fn write_input(tensor: Tensor) -> Record {
    let mut record = [0; RECORD_BYTES];
    record[0] = INPUT;
    write_tensor(&mut record, tensor);
    record
}

/// Writes the record of a layer whose filter, if it has one, starts at `filter`.
#[cfg(feature = "std")]
pub(crate) fn write_layer(layer: &Layer<'_>, filter: u32) -> Record {
    let mut record = [0; RECORD_BYTES];
    record[1] = layer.input;
    record[LAG] = layer.lag;
    write_tensor(&mut record, layer.output);
    record[24..28].copy_from_slice(&filter.to_le_bytes());
    let number = match layer.op {
        Op::Conv2d { window, filter } => {
            write_window(&mut record, window);
            write_clamp(&mut record, filter.clamp);
            0
        }
        Op::DepthwiseConv2d { window, filter } => {
            write_window(&mut record, window);
            write_clamp(&mut record, filter.clamp);
            1
        }
        Op::Dense { filter } => {
            write_clamp(&mut record, filter.clamp);
            2
        }
        Op::MaxPool { window, clamp } => {
            write_window(&mut record, window);
            write_clamp(&mut record, clamp);
            3
        }
        Op::AveragePool { window, clamp } => {
            write_window(&mut record, window);
            write_clamp(&mut record, clamp);
            4
        }
        Op::GlobalAveragePool { rescale } => {
            write_rescale(&mut record, 0, rescale);
            5
        }
        Op::Add { other, input_rescale, other_rescale, output_rescale, clamp } => {
            record[2] = other;
            let rescales = [input_rescale, other_rescale, output_rescale];
            rescales
                .into_iter()
                .enumerate()
                .for_each(|(index, rescale)| write_rescale(&mut record, index, rescale));
            write_clamp(&mut record, clamp);
            ADD
        }
        Op::Softmax { rescale } => {
            write_rescale(&mut record, 0, rescale);
            7
        }
    };
    record[0] = number;
    record
}

/// Puts a tensor's place into its record.
#[cfg(feature = "std")]
pub(crate) fn write_placement(record: &mut Record, placement: Placement) {
    let Placement { history, state, workspace, scratch } = placement;
    record[10..12].copy_from_slice(&history.to_le_bytes());
    record[44..48].copy_from_slice(&state.to_le_bytes());
    record[48..52].copy_from_slice(&workspace.to_le_bytes());
    record[52..56].copy_from_slice(&scratch.to_le_bytes());
}

#[cfg(feature = "std")]
fn write_tensor(record: &mut Record, Tensor { height, width, channels, zero_point, scale }: Tensor) {
    record[3] = zero_point.cast_unsigned();
    record[4..6].copy_from_slice(&height.to_le_bytes());
    record[6..8].copy_from_slice(&width.to_le_bytes());
    record[8..10].copy_from_slice(&channels.to_le_bytes());
    record[12..16].copy_from_slice(&scale.to_le_bytes());
}

#[cfg(feature = "std")]
fn write_window(record: &mut Record, Window { kernel, stride, padding }: Window) {
    record[16..22].copy_from_slice([kernel, stride, padding].as_flattened());
}

#[cfg(feature = "std")]
fn write_clamp(record: &mut Record, Clamp { low, high }: Clamp) {
    record[22..24].copy_from_slice(&[low, high].map(i8::cast_unsigned));
}

#[cfg(feature = "std")]
fn write_rescale(record: &mut Record, index: usize, Rescale { multiplier, shift }: Rescale) {
    record[28 + 4 * index..][..4].copy_from_slice(&multiplier.to_le_bytes());
    record[40 + index] = shift.cast_unsigned();
}
