//! Operators whose factors follow from scales alone, as TFLite has them.

use engine::blob::{Clamp, Op, Rescale};

/// The softmax works on differences with 26 fraction bits (TFLite's 5 integer bits, `PreprocessSoftmaxScaling`).
const SOFTMAX_FRACTION: f64 = (1 << 26) as f64;
/// An addition shifts its inputs left by 20 bits first (`add.cc`).
const ADD_LEFT_SHIFT: f64 = (1 << 20) as f64;

/// The finest step that the sum of two tensors of such scales can have.
pub(super) fn finest_sum(scales: [f32; 2]) -> f64 {
    common(scales) / ADD_LEFT_SHIFT
}

/// The sum of two tensors, the second of which is tensor `other`: both come to twice the larger scale, so that neither
/// overflows.
pub(crate) fn addition<'b>(scales: [f32; 2], other: u8, output: f32, clamp: Clamp) -> Op<'b> {
    let common = common(scales);
    let [input_rescale, other_rescale] = scales.map(|scale| Rescale::from_real(f64::from(scale) / common));
    let output_rescale = Rescale::from_real(common / (ADD_LEFT_SHIFT * f64::from(output)));
    Op::Add { other, input_rescale, other_rescale, output_rescale, clamp }
}

/// A softmax of values a step of which stands for `step`.
pub(crate) fn softmax<'b>(step: f64) -> Op<'b> {
    Op::Softmax { rescale: Rescale::from_real(step * SOFTMAX_FRACTION) }
}

fn common([first, second]: [f32; 2]) -> f64 {
    2.0 * f64::from(first).max(f64::from(second))
}
