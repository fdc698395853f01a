//! The sums of products that convolutions and dense layers spend their time in. They wrap, which no
//! network that passed validation can reach.

/// `sum + sum((value - offset) * weight)`, as far as the shorter slice goes.
pub(super) fn multiply_accumulate(sum: i32, values: &[i8], weights: &[i8], offset: i8) -> i32 {
    let pairs = values.iter().zip(weights);
    pairs.fold(sum, |sum, (&value, &weight)| sum.wrapping_add(product(value, offset, weight)))
}

/// Adds `(value - offset) * weight` to each sum, as far as the shortest slice goes.
pub(super) fn multiply_accumulate_each(sums: &mut [i32], values: &[i8], weights: &[i8], offset: i8) {
    for ((sum, &value), &weight) in sums.iter_mut().zip(values).zip(weights) {
        *sum = sum.wrapping_add(product(value, offset, weight));
    }
}

/// The bias without the input's zero point: takes back `-offset * sum(weights)`.
pub(super) fn unfold(bias: i32, weights: &[i8], offset: i8) -> i32 {
    if offset == 0 {
        return bias;
    }
    weights.iter().fold(bias, |sum, &weight| sum.wrapping_add(i32::from(offset) * i32::from(weight)))
}

/// [`unfold`] by one weight for each bias, as far as the shorter slice goes.
pub(super) fn unfold_each(biases: &mut [i32], weights: &[i8], offset: i8) {
    for (bias, &weight) in biases.iter_mut().zip(weights) {
        *bias = bias.wrapping_add(i32::from(offset) * i32::from(weight));
    }
}

fn product(value: i8, offset: i8, weight: i8) -> i32 {
    i32::from(i16::from(value) - i16::from(offset)) * i32::from(weight)
}
