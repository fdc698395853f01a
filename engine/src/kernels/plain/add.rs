use super::requantise::{multiply_by_quantized_multiplier, requantise};
use super::{Input, Output};
use crate::blob::{Clamp, Rescale};

/// Fraction bits that both inputs get before they are brought to a common scale.
const LEFT_SHIFT: u32 = 20;

/// How the two inputs of [`add`] and their sum are scaled.
#[derive(Debug, Clone, Copy)]
pub struct AddRescale {
    /// The first input, to the common scale.
    pub input: Rescale,
    /// The second input, to the common scale.
    pub other: Rescale,
    /// The sum, to the output's scale.
    pub output: Rescale,
}

/// Sum of two tensors of one shape: TFLite's `ADD` with left shift 20.
///
/// ```
/// use prosodia::blob::{Clamp, Rescale, Tensor};
/// use prosodia::kernels::{AddRescale, Input, Output, add};
///
/// // Steps of 1 and of 1/2, summed in steps of 1: the common scale is twice the larger one.
/// let rescale = AddRescale {
///     input: Rescale::from_real(1.0 / 2.0),
///     other: Rescale::from_real(0.5 / 2.0),
///     output: Rescale::from_real(2.0 / f64::from(1 << 20)),
/// };
/// let tensor = Tensor { height: 1, width: 1, channels: 2, zero_point: 0, scale: 1.0 };
/// let mut output = [0; 2];
/// add(
///     Input { tensor, data: &[7, -100] },
///     Input { tensor, data: &[6, -100] },
///     Output { tensor, data: &mut output },
///     rescale,
///     Clamp { low: -128, high: 127 },
/// );
/// assert_eq!(output, [10, -128]); // -150 is out of range
/// ```
pub fn add(input: Input<'_>, other: Input<'_>, output: Output<'_>, rescale: AddRescale, clamp: Clamp) {
    let Output { tensor, data } = output;
    for ((value, &a), &b) in data.iter_mut().zip(input.data).zip(other.data) {
        let a = to_common_scale(a, input.tensor.zero_point, rescale.input);
        let b = to_common_scale(b, other.tensor.zero_point, rescale.other);
        *value = requantise(a.saturating_add(b), rescale.output, tensor.zero_point, clamp);
    }
}

fn to_common_scale(value: i8, zero_point: i8, rescale: Rescale) -> i32 {
    let difference = i32::from(value) - i32::from(zero_point);
    multiply_by_quantized_multiplier(difference << LEFT_SHIFT, rescale)
}
