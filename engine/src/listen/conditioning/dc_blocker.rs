/// Takes a converter's offset away: the sample less the running mean, a one-pole high-pass.
///
/// `sum += x - sum / 2^k`, `y = x - sum / 2^k`: all `k` bits that the division drops stay in the sum, so no rounding
/// error feeds back, and a constant input ends in exactly 0. The corner (-3 dB) is at `rate / (2 pi 2^k)`, with `k`
/// such that it is 10 to 20 Hz: below any voice, and half a second after the start an offset is gone.
/// ```
/// use prosodia::listen::{DcBlocker, Word};
///
/// let mut blocker = DcBlocker::new(16_000);
/// let samples: Vec<i32> = (0..32_000).map(|_| blocker.apply(1000_i16.sample())).collect();
/// assert_eq!((samples[0], samples[31_999]), (256_000, 0));
/// ```
#[derive(Debug, Clone)]
pub struct DcBlocker {
    sum: i64,
    shift: u32,
}

impl DcBlocker {
    /// For a sample rate in Hz.
    #[must_use]
    pub const fn new(sample_rate: u32) -> Self {
        Self { sum: 0, shift: ((sample_rate / 64) | 1).ilog2() }
    }

    /// The next sample, of 24 bits, without the mean; it has 25 bits.
    pub const fn apply(&mut self, sample: i32) -> i32 {
        let high_passed = sample.wrapping_sub(self.sum.wrapping_shr(self.shift) as i32);
        self.sum = self.sum.wrapping_add(high_passed as i64);
        high_passed
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    const RATES: [u32; 7] = [8000, 16_000, 20_833, 22_050, 32_000, 44_100, 48_000];

    #[test]
    fn an_offset_is_gone_to_the_last_bit() {
        for (rate, offset) in RATES.into_iter().zip([1, -1, 255, -256_000, 3_000_000, 8_388_607, -8_388_608])
        {
            let mut blocker = DcBlocker::new(rate);
            let half_a_second = (0..rate / 2).map(|_| blocker.apply(offset)).last();
            assert!(half_a_second.is_some_and(|y| y.abs() <= offset.abs() / 256 + 1), "{rate}");
            (0..rate).for_each(|_| _ = blocker.apply(offset));
            assert_eq!(blocker.apply(offset), 0, "{rate} {offset}");
        }
    }

    /// Of `1 - z^-1` over `1 - (1 - 2^-k) z^-1`, with the delay of the mean.
    #[test]
    fn the_corner_is_between_10_and_20_hz() {
        for rate in RATES {
            let gain = |hz: f64| {
                let mut blocker = DcBlocker::new(rate);
                let turn = core::f64::consts::TAU * hz / f64::from(rate);
                let tone = (0..4 * rate).map(|n| libm::round(4e6 * libm::sin(turn * f64::from(n))) as i32);
                let out: Vec<f64> = tone.map(|x| f64::from(blocker.apply(x))).collect();
                let tail = &out[2 * rate as usize..];
                let power = tail.iter().map(|y| y * y).sum::<f64>() / tail.len() as f64;
                10.0 * libm::log10(power / (4e6 * 4e6 / 2.0))
            };
            let corner =
                f64::from(rate) / core::f64::consts::TAU / f64::from(1 << DcBlocker::new(rate).shift);
            assert!((9.9..20.0).contains(&corner), "{rate} {corner}");
            assert!((gain(libm::round(corner)) + 3.0).abs() < 0.3, "{rate} {}", gain(corner));
            assert!(gain(100.0).abs() < 0.25, "{rate}");
            assert!(gain(1000.0).abs() < 0.1, "{rate}");
        }
    }

    #[test]
    fn the_largest_steps_have_25_bits() {
        let mut blocker = DcBlocker::new(8000);
        (0..8000).for_each(|_| _ = blocker.apply(-(1 << 23)));
        assert_eq!(blocker.apply((1 << 23) - 1), (1 << 24) - 1);
    }
}
