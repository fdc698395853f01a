//! The complex FFT, radix 2 with decimation in time, in place (Cooley and Tukey, "An Algorithm for the Machine
//! Calculation of Complex Fourier Series", 1965).
//!
//! Two stages are computed in one pass over memory, since a microcontroller takes as long to load and store a value as
//! to compute it. Every product and sum is that of the algorithm as it stands, one stage after the other, so the bits
//! are too.

use num_complex::Complex32;

use super::tables::{SINE, TURN};

/// Transforms 256, 512 or 1024 values.
#[inline(always)]
pub(super) fn transform<const LENGTH: usize>(values: &mut [Complex32; LENGTH]) {
    const { assert!(LENGTH == 256 || LENGTH == 512 || LENGTH == 1024) };
    reverse_bits(values);
    first_two_stages(values);
    two_stages::<4, { TURN / 16 }>(values);
    two_stages::<16, { TURN / 64 }>(values);
    two_stages::<64, { TURN / 256 }>(values);
    match LENGTH {
        1024 => two_stages::<256, { TURN / 1024 }>(values),
        512 => last_stage::<256, { TURN / 512 }>(values),
        _ => (),
    }
}

/// Swaps each value with that whose index has the same bits backwards, of a power of two of them.
#[inline(never)]
fn reverse_bits(values: &mut [Complex32]) {
    let shift = values.len().leading_zeros().wrapping_add(1);
    for index in 0..values.len() {
        let other = index.reverse_bits().wrapping_shr(shift);
        if other > index
            && let Ok([one, other]) = values.get_disjoint_mut([index, other])
        {
            core::mem::swap(one, other);
        }
    }
}

/// The stages that combine transforms of one value, and of two: no angle is there but right ones.
#[inline(never)]
fn first_two_stages(values: &mut [Complex32]) {
    for four in values.as_chunks_mut::<4>().0 {
        let [a, b, c, d] = *four;
        *four = quarters([a + b, a - b], [c + d, c - d]);
    }
}

/// The stages that combine transforms of `M` values, and of `2 * M`. `STEP` places of [`SINE`] are the angle from a
/// value of what they give to the next.
#[inline(never)]
fn two_stages<const M: usize, const STEP: usize>(values: &mut [Complex32]) {
    const { assert!(4 * M * STEP == TURN) };
    let (sines, _) = SINE.as_chunks::<STEP>();
    let (_, cosines) = SINE.as_rchunks::<STEP>();
    let (Ok(sines), Ok(cosines)) = (<&[_; M]>::try_from(sines), <&[_; M]>::try_from(cosines)) else { return };
    let angle = |k: usize| Angle { cosine: cosines[M - 1 - k][STEP - 1], sine: sines[k][0] };
    for [a, b, c, d] in values.as_chunks_mut::<M>().0.as_chunks_mut::<4>().0 {
        for k in 0..M / 2 {
            combine([&mut a[k], &mut b[k], &mut c[k], &mut d[k]], angle(k), angle(2 * k));
        }
        for k in M / 2..M {
            let Angle { cosine, sine } = angle(2 * (k - M / 2));
            let twice = Angle { cosine: -sine, sine: cosine };
            combine([&mut a[k], &mut b[k], &mut c[k], &mut d[k]], angle(k), twice);
        }
    }
}

/// The stage that combines transforms of `M` values.
#[inline(never)]
fn last_stage<const M: usize, const STEP: usize>(values: &mut [Complex32]) {
    const { assert!(2 * M * STEP == TURN) };
    let (sines, _) = SINE.as_chunks::<STEP>();
    let (_, cosines) = SINE.as_rchunks::<STEP>();
    for [a, b] in values.as_chunks_mut::<M>().0.as_chunks_mut::<2>().0 {
        let (a, a_turned) = a.split_at_mut(M / 2);
        let (b, b_turned) = b.split_at_mut(M / 2);
        let halves = a.iter_mut().zip(b).zip(a_turned.iter_mut().zip(b_turned));
        for (((a, b), (a_turned, b_turned)), (sine, cosine)) in
            halves.zip(sines.iter().zip(cosines.iter().rev()))
        {
            let angle = Angle { cosine: cosine[STEP - 1], sine: sine[0] };
            [*a, *b] = sum_and_difference(*a, turn(*b, angle));
            [*a_turned, *b_turned] = sum_and_difference(*a_turned, turn_back(turn(*b_turned, angle)));
        }
    }
}

/// Cosine and sine of an angle.
#[derive(Clone, Copy)]
struct Angle {
    cosine: f32,
    sine: f32,
}

/// Combines a value of each of four transforms, of which there are values four times as far apart afterwards.
#[inline(always)]
fn combine([a, b, c, d]: [&mut Complex32; 4], angle: Angle, twice: Angle) {
    let [even, odd] = [sum_and_difference(*a, turn(*b, twice)), sum_and_difference(*c, turn(*d, twice))];
    [*a, *b, *c, *d] = quarters(even, odd.map(|value| turn(value, angle)));
}

/// What lies a quarter of the values apart, of what lies half of them apart.
#[inline(always)]
fn quarters([even, even_turned]: [Complex32; 2], [odd, odd_turned]: [Complex32; 2]) -> [Complex32; 4] {
    let [first, third] = sum_and_difference(even, odd);
    let [second, fourth] = sum_and_difference(even_turned, turn_back(odd_turned));
    [first, second, third, fourth]
}

#[inline(always)]
fn sum_and_difference(a: Complex32, b: Complex32) -> [Complex32; 2] {
    [a + b, a - b]
}

/// Turns a value by an angle, clockwise.
#[inline(always)]
fn turn(value: Complex32, Angle { cosine, sine }: Angle) -> Complex32 {
    let Complex32 { re, im } = value;
    Complex32 { re: re * cosine + im * sine, im: im * cosine - re * sine }
}

/// Turns a value by a right angle, clockwise.
#[inline(always)]
fn turn_back(Complex32 { re, im }: Complex32) -> Complex32 {
    Complex32 { re: im, im: -re }
}

#[cfg(test)]
mod tests {
    use core::array;

    use proptest::prelude::*;

    use super::*;

    /// What microfft makes of the same values.
    fn judge(values: &mut [Complex32]) {
        let _ = match values.len() {
            256 => microfft::complex::cfft_256(values.try_into().unwrap()).as_slice(),
            512 => microfft::complex::cfft_512(values.try_into().unwrap()).as_slice(),
            _ => microfft::complex::cfft_1024(values.try_into().unwrap()).as_slice(),
        };
    }

    fn compare<const LENGTH: usize>(values: &[(f32, f32)]) -> Result<(), TestCaseError> {
        let mut own = array::from_fn(|index| Complex32::new(values[index].0, values[index].1));
        let mut expected = own;
        transform::<LENGTH>(&mut own);
        judge(&mut expected);
        prop_assert!(own == expected);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 1 } else { 64 }))]

        #[test]
        fn bits_are_those_of_another_library(
            values in proptest::collection::vec((-32768f32..32768.0, -32768f32..32768.0), 1024),
        ) {
            compare::<256>(&values)?;
            compare::<512>(&values)?;
            compare::<1024>(&values)?;
        }
    }
}
