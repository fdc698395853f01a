use super::super::inner_product::inner_product;

const TAPS: usize = 40;
/// Bits by which a sum of the CIC filter is more than a sample of 16.
const EXTRA_BITS: u32 = 5;
/// Bits by which a sum of products is less than a word of 32: a coefficient has 14 fraction bits.
const MISSING_BITS: u32 = 2;

/// Symmetric, with 14 fraction bits, in sum 1: `tests/scripts/pdm_golden.py` has computed them.
static COEFFICIENTS: [i16; TAPS] = mirrored([
    -36, 47, 122, 28, -183, -65, 262, 130, -396, -252, 544, 426, -769, -739, 1060, 1302, -1532, -2697, 2191,
    8749,
]);

/// The FIR filter that goes down by 2, cuts off and lifts what the CIC filters have lowered.
#[derive(Debug, Clone)]
pub(super) struct Compensator {
    /// The latest samples, twice, so that they lie in a row from wherever they begin.
    history: [i16; 2 * TAPS],
    /// Where the oldest ones lie, and the next ones go.
    oldest: usize,
}

impl Compensator {
    pub(super) const fn new() -> Self {
        Self { history: [0; 2 * TAPS], oldest: 0 }
    }

    /// Takes the CIC filters' next sums, of 20 bits and a sign, and gives a sample of 32 bits.
    pub(super) fn push(&mut self, sums: [i32; 2]) -> i32 {
        let samples = sums.map(shortened);
        let (first, second) = self.history.split_at_mut(TAPS);
        for history in [first, second] {
            if let Some(place) = history.get_mut(self.oldest..).and_then(<[_]>::first_chunk_mut) {
                *place = samples;
            }
        }
        let next = self.oldest.saturating_add(2);
        self.oldest = if next >= TAPS { 0 } else { next };
        let latest = self.history.get(self.oldest..).and_then(<[_]>::first_chunk).unwrap_or(&[0; TAPS]);
        filter(latest).saturating_mul(const { 1 << MISSING_BITS })
    }
}

/// A sum of the CIC filters as a sample of 16 bits: to the nearest.
fn shortened(sum: i32) -> i16 {
    let half = const { 1 << (EXTRA_BITS - 1) };
    let rounded = sum.wrapping_add(half) >> EXTRA_BITS;
    rounded.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[inline(never)]
fn filter(samples: &[i16; TAPS]) -> i32 {
    // Hidden, or the compiler multiplies by one constant after the other, where `smlad` takes two.
    let coefficients: &[i16] = core::hint::black_box(&COEFFICIENTS);
    inner_product(samples, coefficients)
}

const fn mirrored(half: [i16; TAPS / 2]) -> [i16; TAPS] {
    let (mut whole, mut at) = ([0; TAPS], 0);
    while at < half.len() {
        whole[at] = half[at];
        whole[TAPS - 1 - at] = half[at];
        at += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_sum_to_one_and_no_sum_of_products_overflows() {
        let coefficients = COEFFICIENTS.map(i32::from);
        assert_eq!(coefficients.iter().sum::<i32>(), 1 << 14);
        assert!(coefficients.iter().map(|c| c.abs()).sum::<i32>() < 1 << 16);
    }
}
