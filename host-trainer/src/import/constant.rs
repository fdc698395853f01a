//! Channels whose value no input changes: a weight scale next to nothing makes a bias so large that the products beside
//! it get lost. Their numbers are beyond what the engine's fast kernels take, so they get others that say the same.

use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{Clamp, Rescale, Tensor};
use engine::kernels::{Input, Output, plain};

use crate::quantise;

/// What a layer computes its sums from, and makes of them.
pub(super) struct Numbers {
    /// int8, in the engine's order.
    pub(super) weights: Vec<u8>,
    /// The channel of each weight.
    pub(super) channels: Vec<usize>,
    pub(super) bias: Vec<i32>,
    pub(super) rescales: Vec<Rescale>,
}

impl Numbers {
    /// Writes constant channels as a small bias without weights.
    pub(super) fn simplify(&mut self, output: Quantisation, clamp: Clamp) {
        let [least, greatest] = self.extremes().map(|sums| self.values(&sums, output, clamp));
        for (channel, (least, greatest)) in least.into_iter().zip(greatest).enumerate() {
            let Some(value) = least.filter(|_| least == greatest) else { continue };
            // A quarter of four times its distance from the zero point.
            self.bias[channel] = 4 * (i32::from(value) - i32::from(output.zero_point));
            self.rescales[channel] = Rescale { multiplier: 1 << 30, shift: -1 };
            let weights = self.weights.iter_mut().zip(&self.channels);
            weights.filter(|&(_, &of)| of == channel).for_each(|(weight, _)| *weight = 0);
        }
    }

    /// The least and the greatest sum of each channel that int8 inputs can lead to, padding included.
    fn extremes(&self) -> [Vec<i64>; 2] {
        let bias: Vec<i64> = self.bias.iter().copied().map(i64::from).collect();
        let [mut least, mut greatest] = [bias.clone(), bias];
        for (&weight, &channel) in self.weights.iter().zip(&self.channels) {
            let products = [i8::MIN, i8::MAX].map(|input| i64::from(input) * i64::from(weight as i8));
            least[channel] += products[0].min(products[1]);
            greatest[channel] += products[0].max(products[1]);
        }
        [least, greatest]
    }

    /// What becomes of each channel's sum; None where it leaves int32.
    fn values(&self, sums: &[i64], output: Quantisation, clamp: Clamp) -> Vec<Option<i8>> {
        let fits =
            |(&sum, rescale): (&i64, &Rescale)| sum.abs() <= i64::from(i32::MAX >> rescale.shift.max(0));
        let fitting: Vec<bool> = sums.iter().zip(&self.rescales).map(fits).collect();
        let bias = sums.iter().zip(&fitting).map(|(&sum, &fits)| if fits { sum as i32 } else { 0 }).collect();
        // A layer without products, whose sums are its biases.
        let (bytes, weights) = (Bump::new(), vec![0; sums.len()]);
        let filter = quantise::stored(&bytes, &weights, bias, &self.rescales, clamp);
        let mut values = vec![0; sums.len()];
        let tensor = tensor(output);
        plain::dense(Input { tensor, data: &[0] }, Output { tensor, data: &mut values }, &filter);
        values.into_iter().zip(fitting).map(|(value, fits)| fits.then_some(value)).collect()
    }
}

/// A tensor of such a scale. A matrix product looks at no shape.
fn tensor(Quantisation { scale, zero_point }: Quantisation) -> Tensor {
    Tensor { height: 1, width: 1, channels: 1, zero_point, scale }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OUTPUT: Quantisation = Quantisation { scale: 1.0, zero_point: -100 };
    const HALF: i32 = 1 << 30;

    fn of_one_channel(weights: [i8; 2], bias: i32, rescale: Rescale) -> Numbers {
        let weights = weights.map(|weight| weight as u8).to_vec();
        Numbers { weights, channels: vec![0; 2], bias: vec![bias], rescales: vec![rescale] }
    }

    fn simple(mut numbers: Numbers) -> Numbers {
        numbers.simplify(OUTPUT, Clamp::NONE);
        numbers
    }

    fn answer(numbers: &Numbers, input: [i8; 2]) -> i8 {
        let bytes = Bump::new();
        let Numbers { weights, bias, rescales, .. } = numbers;
        let filter = quantise::stored(&bytes, weights, bias.clone(), rescales, Clamp::NONE);
        let mut values = [0];
        let tensor = tensor(OUTPUT);
        plain::dense(Input { tensor, data: &input }, Output { tensor, data: &mut values }, &filter);
        values[0]
    }

    #[test]
    fn a_bias_beside_which_products_get_lost_is_written_small() {
        // 2^30 / 2 / 2^26 is 8, and products of 2 * 127 * 128 at most are 2^-12 of a step.
        let numbers = simple(of_one_channel([127, -127], HALF, Rescale { multiplier: HALF, shift: -26 }));
        assert_eq!((numbers.bias[0], numbers.rescales[0].shift), (4 * 8, -1));
        assert_eq!(answer(&numbers, [127, -128]), -92);
    }

    #[test]
    fn what_an_input_changes_is_left_alone() {
        // The same on the edge from one value to the next, and sums of which int32 holds none.
        let between = Rescale { multiplier: HALF, shift: -26 };
        let edge = HALF + (1 << 26);
        for numbers in [
            of_one_channel([127, -127], edge, between),
            of_one_channel([1, 0], i32::MAX, between),
            of_one_channel([1, 0], 0, Rescale { multiplier: HALF, shift: -7 }),
        ] {
            let (bias, rescale) = (numbers.bias[0], numbers.rescales[0]);
            let numbers = simple(numbers);
            assert_eq!((numbers.bias[0], numbers.rescales[0]), (bias, rescale));
        }
    }

    proptest! {
        #[test]
        fn answers_are_the_same(
            weights: [i8; 2],
            (bias, bits) in (-(1i32 << 30)..1 << 30, 0u32..30),
            multiplier in prop_oneof![Just(0), HALF..=i32::MAX],
            shift in -31i8..=-1,
            inputs: [[i8; 2]; 4],
        ) {
            let of = || of_one_channel(weights, bias >> bits, Rescale { multiplier, shift });
            let (before, after) = (of(), simple(of()));
            let extremes = [[-128, -128], [-128, 127], [127, -128], [127, 127]];
            for input in inputs.into_iter().chain(extremes) {
                prop_assert_eq!(answer(&after, input), answer(&before, input));
            }
        }
    }
}
