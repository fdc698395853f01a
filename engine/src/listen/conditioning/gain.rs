/// A digital gain, -40 to 40 dB, applied to samples of 24 bits before they become int16: what it lifts was there.
///
/// ```
/// use prosodia::listen::Gain;
///
/// assert_eq!(Gain::NONE.apply(-3 * 256), -3);
/// assert_eq!(Gain::decibels(20).apply(300 * 256), 3000); // a factor of 10
/// assert_eq!(Gain::decibels(20).apply(4000 * 256), i16::MAX); // saturates
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gain {
    /// In steps of 1/1024.
    factor: u32,
}

/// `10^(1/20)`.
const DECIBEL: f64 = 1.122_018_454_301_963_3;
const ONE: u32 = 1 << 10;

impl Gain {
    /// Samples as loud as they are.
    pub const NONE: Self = Self { factor: ONE };

    /// Nothing is left: for what is not configured yet.
    pub(in crate::listen) const ZERO: Self = Self { factor: 0 };

    /// So many dB louder; what is beyond 40 dB either way counts as that.
    #[must_use]
    pub const fn decibels(decibels: i8) -> Self {
        let steps = decibels.unsigned_abs();
        let steps = if steps > 40 { 40 } else { steps };
        let (mut factor, mut step) = (1.0, 0);
        while step < steps {
            factor *= DECIBEL;
            step = u8::wrapping_add(step, 1);
        }
        let factor = if decibels < 0 { 1.0 / factor } else { factor };
        Self { factor: (ONE as f64 * factor + 0.5) as u32 }
    }

    /// A sample of 24 bits and one to spare, as an int16: to the nearest.
    #[must_use]
    pub const fn apply(self, sample: i32) -> i16 {
        let product = (sample as i64).wrapping_mul(self.factor as i64);
        // A factor is below 2^17, so what is left has 32 bits.
        let rounded = (product.wrapping_add(1 << 17) >> 18) as i32;
        if rounded > i16::MAX as i32 {
            i16::MAX
        } else if rounded < i16::MIN as i32 {
            i16::MIN
        } else {
            rounded as i16
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_right_to_a_twentieth_of_a_decibel() {
        for decibels in -20..=40 {
            let factor = f64::from(Gain::decibels(decibels).factor) / 1024.0;
            assert!((20.0 * libm::log10(factor) - f64::from(decibels)).abs() < 0.05, "{decibels}");
        }
        assert_eq!(Gain::decibels(i8::MAX), Gain::decibels(40));
        assert_eq!(Gain::decibels(i8::MIN), Gain::decibels(-40));
        assert_eq!(Gain::decibels(0), Gain::NONE);
    }

    #[test]
    fn samples_are_rounded_to_the_nearest_and_saturate() {
        for (sample, expected) in [(127, 0), (128, 1), (-128, 0), (-129, -1), (511, 2)] {
            assert_eq!(Gain::NONE.apply(sample), expected, "{sample}");
        }
        for gain in [Gain::NONE, Gain::decibels(40)] {
            assert_eq!([i32::MIN, i32::MAX].map(|sample| gain.apply(sample)), [i16::MIN, i16::MAX]);
        }
    }
}
