use super::exp::{exp_on_negative_values, one_over_one_plus_x};
use super::requantise::{
    multiply_by_quantized_multiplier, rounding_divide_by_pot, rounding_doubling_high_mul, saturate,
};
use super::{Input, Output};
use crate::blob::{Clamp, Rescale};

/// 31 in Q5.26: beyond it a difference could leave the format.
const LARGEST_DIFFERENCE: i32 = 31 << 26;
/// Exponentials that are kept from the sum to the quotient: those of as many labels as a network usually has.
const KEPT: usize = 16;
/// Integer bits of the sum of exponentials: Q12.19, room for 4095 terms.
const SUM_INTEGER_BITS: u32 = 12;

/// Probabilities over the channels of each position: TFLite's int8 `SOFTMAX`.
///
/// `rescale` brings a difference of two inputs to Q5.26. Values so far below the largest that Q5.26
/// can't hold the difference get the least probability, -128.
///
/// ```
/// use prosodia::blob::{Rescale, Tensor};
/// use prosodia::kernels::{Input, Output, softmax};
///
/// // Steps of 1/10: exp(1) / (exp(1) + 2) is 0.576, or 147/256; the others are 0.212, or 54/256.
/// let tensor = Tensor { height: 1, width: 1, channels: 3, zero_point: 0, scale: 0.1 };
/// let mut output = [0; 3];
/// softmax(
///     Input { tensor, data: &[25, 15, 15] },
///     Output { tensor, data: &mut output },
///     Rescale::from_real(0.1 * f64::from(1 << 26)),
/// );
/// assert_eq!(output, [19, -74, -74]);
/// ```
pub fn softmax(input: Input<'_>, output: Output<'_>, rescale: Rescale) {
    let channels = usize::from(input.tensor.channels).max(1);
    let Output { data, .. } = output;
    for (values, row) in data.chunks_exact_mut(channels).zip(input.data.chunks_exact(channels)) {
        softmax_row(row, values, rescale);
    }
}

fn softmax_row(row: &[i8], output: &mut [i8], rescale: Rescale) {
    let largest = row.iter().copied().max().unwrap_or(i8::MIN);
    let mut kept = [0; KEPT];
    for (term, &value) in kept.iter_mut().zip(row) {
        *term = exponential(value, largest, rescale);
    }
    let term = |(index, &value): (usize, &i8)| {
        kept.get(index).copied().unwrap_or_else(|| exponential(value, largest, rescale))
    };
    let terms = row.iter().enumerate().map(term);
    let sum = terms
        .clone()
        .fold(0i32, |sum, term| sum.saturating_add(rounding_divide_by_pot(term, SUM_INTEGER_BITS)));
    let (reciprocal, exponent) = reciprocal(sum);
    // Q0.31 to 1/256 is a shift of 23. One of 32, behind a sum of 512 or more, leaves nothing.
    let exponent = exponent.saturating_add(23);
    for (value, term) in output.iter_mut().zip(terms) {
        let probability = rounding_doubling_high_mul(reciprocal, term);
        let steps = if exponent > 31 { 0 } else { rounding_divide_by_pot(probability, exponent) };
        *value = saturate(steps.saturating_add(i8::MIN.into()), Clamp::NONE);
    }
}

/// `exp(value - largest)` in Q0.31; 0 where the difference does not fit Q5.26.
fn exponential(value: i8, largest: i8, rescale: Rescale) -> i32 {
    let difference = i32::from(value) - i32::from(largest);
    let shift = u32::from(rescale.shift.max(0).unsigned_abs()).min(30);
    if -difference > LARGEST_DIFFERENCE >> shift {
        return 0;
    }
    exp_on_negative_values(multiply_by_quantized_multiplier(difference, rescale))
}

/// `1 / sum` for a Q12.19 sum of at least 1, as a Q0.31 mantissa in 1/2 to 1 and a right shift.
fn reciprocal(sum: i32) -> (i32, u32) {
    let headroom = sum.leading_zeros();
    // Normalised to 1 + x with x in Q0.31: the leading one drops out.
    let x = (sum as u32).wrapping_shl(headroom).wrapping_sub(1 << 31) as i32;
    (one_over_one_plus_x(x), SUM_INTEGER_BITS.saturating_sub(headroom))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::Tensor;

    /// So many equal inputs.
    fn softmax_of_equals(channels: u16) -> [i8; 600] {
        let tensor = Tensor { height: 1, width: 1, channels, zero_point: 0, scale: 0.1 };
        let mut probabilities = [0; 600];
        let output = Output { tensor, data: &mut probabilities[..channels.into()] };
        softmax(
            Input { tensor, data: &[5; 600][..channels.into()] },
            output,
            Rescale::from_real(0.1 * f64::from(1 << 26)),
        );
        probabilities
    }

    #[test]
    fn a_share_below_half_a_step_is_the_least_probability() {
        // 256 / 511 of a step is more than half of one, 256 / 600 is less.
        assert!(softmax_of_equals(511)[..511].iter().all(|&probability| probability == -127));
        assert!(softmax_of_equals(600).iter().all(|&probability| probability == -128));
    }
}
