//! The golden files, and from their real scales the engine's operators.

use std::path::Path;

use anyhow::{Context, Result};
use engine::blob::{Clamp, Filter, Op, Rescale, Tensor, Window};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads `tests/golden/tflite/NAME.json`.
pub fn load<T: DeserializeOwned>(name: &str) -> Result<T> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/tflite").join(name).with_extension("json");
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&text).with_context(|| path.display().to_string())
}

/// An operator with real scales.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RealOp {
    Conv2d { window: Window, filter: RealFilter },
    DepthwiseConv2d { window: Window, filter: RealFilter },
    Dense { filter: RealFilter },
    MaxPool { window: Window, clamp: Clamp },
    AveragePool { window: Window, clamp: Clamp },
    GlobalAveragePool,
    Add { clamp: Clamp },
    Softmax { beta: f32 },
}

/// Weights with real scales: one, or one for each output channel.
#[derive(Deserialize)]
pub struct RealFilter {
    weights: Vec<i8>,
    weight_scales: Vec<f32>,
    bias: Vec<i32>,
    clamp: Clamp,
}

/// The byte strings of a [`Filter`].
pub struct FilterBytes {
    weights: Vec<u8>,
    bias: Vec<u8>,
    multipliers: Vec<u8>,
    shifts: Vec<u8>,
    clamp: Clamp,
}

impl RealFilter {
    /// Sums of the weights of each output channel, where these lie together.
    fn row_sums(&self) -> Vec<i32> {
        let rows = self.weights.chunks(self.weights.len() / self.bias.len());
        rows.map(|row| row.iter().copied().map(i32::from).sum()).collect()
    }

    /// Sums of the weights of each output channel, where channels are innermost.
    fn column_sums(&self) -> Vec<i32> {
        let column = |channel| self.weights.iter().skip(channel).step_by(self.bias.len());
        (0..self.bias.len()).map(|channel| column(channel).copied().map(i32::from).sum()).collect()
    }

    fn quantise(&self, input: Tensor, output: Tensor, weight_sums: &[i32]) -> FilterBytes {
        let scales = self.weight_scales.iter().cycle().take(self.bias.len());
        let rescales: Vec<_> =
            scales.map(|&scale| Rescale::from_real(real(input) * f64::from(scale) / real(output))).collect();
        let folded =
            self.bias.iter().zip(weight_sums).map(|(bias, sum)| bias - i32::from(input.zero_point) * sum);
        FilterBytes {
            weights: self.weights.iter().map(|&weight| weight as u8).collect(),
            bias: folded.flat_map(i32::to_le_bytes).collect(),
            multipliers: rescales.iter().flat_map(|rescale| rescale.multiplier.to_le_bytes()).collect(),
            shifts: rescales.iter().map(|rescale| rescale.shift as u8).collect(),
            clamp: self.clamp,
        }
    }
}

impl FilterBytes {
    fn filter(&self) -> Filter<'_> {
        let Self { weights, bias, multipliers, shifts, clamp } = self;
        Filter { weights, bias, multipliers, shifts, clamp: *clamp }
    }
}

/// The tensors of an operator, and which one an addition reads second.
#[derive(Clone, Copy)]
pub struct Operands {
    pub input: Tensor,
    pub other: Option<(u8, Tensor)>,
    pub output: Tensor,
}

impl RealOp {
    /// The byte strings that [`op`](Self::op) borrows; none for an operator without weights.
    pub fn filter_bytes(&self, Operands { input, output, .. }: Operands) -> Option<FilterBytes> {
        Some(match self {
            Self::Conv2d { filter, .. } | Self::Dense { filter } => {
                filter.quantise(input, output, &filter.row_sums())
            }
            Self::DepthwiseConv2d { filter, .. } => filter.quantise(input, output, &filter.column_sums()),
            _ => return None,
        })
    }

    /// The engine's operator, its multipliers derived in double precision as TFLite derives them.
    pub fn op<'a>(&self, operands: Operands, filter: Option<&'a FilterBytes>) -> Result<Op<'a>> {
        let filter = || filter.map(FilterBytes::filter).context("no weights");
        let Operands { input, other, output } = operands;
        Ok(match *self {
            Self::Conv2d { window, .. } => Op::Conv2d { window, filter: filter()? },
            Self::DepthwiseConv2d { window, .. } => Op::DepthwiseConv2d { window, filter: filter()? },
            Self::Dense { .. } => Op::Dense { filter: filter()? },
            Self::MaxPool { window, clamp } => Op::MaxPool { window, clamp },
            Self::AveragePool { window, clamp } => Op::AveragePool { window, clamp },
            Self::GlobalAveragePool => {
                Op::GlobalAveragePool { rescale: Rescale::from_real(real(input) / real(output)) }
            }
            Self::Add { clamp } => {
                let (index, second) = other.context("an addition of one tensor")?;
                let common = 2.0 * real(input).max(real(second));
                Op::Add {
                    other: index,
                    input_rescale: Rescale::from_real(real(input) / common),
                    other_rescale: Rescale::from_real(real(second) / common),
                    output_rescale: Rescale::from_real(common / (f64::from(1 << 20) * real(output))),
                    clamp,
                }
            }
            Self::Softmax { beta } => {
                let factor = f64::from(beta) * real(input) * f64::from(1 << 26);
                Op::Softmax { rescale: Rescale::from_real(factor) }
            }
        })
    }
}

fn real(tensor: Tensor) -> f64 {
    tensor.scale.into()
}
