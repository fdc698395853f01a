/// A Fourier transform whose length has no other factors is fast; a factor of 19 or 23 takes several times as long.
const PRIMES: [usize; 4] = [2, 3, 5, 7];

/// The smallest number that is `least` or more and a product of 2, 3, 5 and 7 alone.
pub(crate) fn next_smooth(least: usize) -> usize {
    (least.max(1)..).find(|&number| is_smooth(number)).unwrap_or(least)
}

/// The product of 2, 3, 5 and 7 alone that is nearest to a number; of two as near the lower one.
pub(crate) fn nearest_smooth(number: usize) -> usize {
    let above = next_smooth(number);
    let below = (1..=number).rev().find(|&below| is_smooth(below)).unwrap_or(above);
    if number.abs_diff(below) <= number.abs_diff(above) { below } else { above }
}

fn is_smooth(number: usize) -> bool {
    PRIMES.into_iter().fold(number, without) == 1
}

/// A number without a factor.
fn without(mut number: usize, factor: usize) -> usize {
    while number > 0 && number.is_multiple_of(factor) {
        number /= factor;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first of them (A002473 in the On-Line Encyclopedia of Integer Sequences).
    #[test]
    fn smooth_numbers_are_those_of_the_encyclopedia() {
        let smooth = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 25, 27, 28, 30, 32, 35];
        assert_eq!((1..=35).filter(|&number| is_smooth(number)).collect::<Vec<_>>(), smooth);
        assert_eq!([0, 1, 11, 26, 33].map(next_smooth), [1, 1, 12, 27, 35]);
        assert_eq!([0, 1, 11, 13, 22, 23, 29, 33].map(nearest_smooth), [1, 1, 10, 12, 21, 24, 28, 32]);
    }
}
