use super::Rescale;

impl Rescale {
    /// The nearest `multiplier * 2^(shift - 31)` to a real factor (TFLite's `QuantizeMultiplier`).
    /// Factors below 2^-32 become 0; negative or non-finite ones are not factors, and become 0 too.
    ///
    /// ```
    /// use prosodia::blob::Rescale;
    /// assert_eq!(Rescale::from_real(0.5), Rescale { multiplier: 1 << 30, shift: 0 });
    /// assert_eq!(Rescale::from_real(3.0), Rescale { multiplier: 3 << 29, shift: 2 });
    /// ```
    #[must_use]
    pub fn from_real(factor: f64) -> Self {
        const ZERO: Rescale = Rescale { multiplier: 0, shift: 0 };
        if !(factor.is_finite() && factor > 0.0) {
            return ZERO;
        }
        let (fraction, mut exponent) = libm::frexp(factor);
        let mut multiplier = libm::round(fraction * (1u64 << 31) as f64) as i64;
        if multiplier == 1 << 31 {
            multiplier /= 2;
            exponent += 1;
        }
        if exponent < -31 {
            return ZERO;
        }
        // TFLite's own limit on the largest factor.
        if exponent > 30 {
            return Self { multiplier: i32::MAX, shift: 30 };
        }
        Self { multiplier: multiplier as i32, shift: exponent as i8 }
    }

    /// The factor over a count, the way TFLite's `MEAN` takes it in: the multiplier loses precision to
    /// keep the shift at -31 or above, and may come below 2^30. Over 0 it is 0.
    ///
    /// ```
    /// use prosodia::blob::Rescale;
    /// let third = Rescale::from_real(1.0).divided_by(3);
    /// assert_eq!(third, Rescale { multiplier: 715_827_882, shift: 0 }); // 2^31 / 3, cut off
    /// ```
    #[must_use]
    pub fn divided_by(self, count: u32) -> Self {
        let log2 = count.checked_ilog2().unwrap_or(0) as i8;
        let shift = log2.min(self.shift.saturating_add(31)).max(0);
        let multiplier = (i64::from(self.multiplier) << shift).checked_div(count.into()).unwrap_or(0);
        Self { multiplier: multiplier as i32, shift: self.shift.saturating_sub(shift) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_out_of_range_end_at_its_ends() {
        let zero = Rescale { multiplier: 0, shift: 0 };
        for factor in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::powi(2.0, -33)] {
            assert_eq!(Rescale::from_real(factor), zero, "{factor}");
        }
        assert_eq!(Rescale::from_real(f64::powi(2.0, -32)), Rescale { multiplier: 1 << 30, shift: -31 });
        assert_eq!(Rescale::from_real(1e300), Rescale { multiplier: i32::MAX, shift: 30 });
        // The nearest fraction to the largest below 1 is 1.
        assert_eq!(Rescale::from_real(1.0 - 1e-12), Rescale { multiplier: 1 << 30, shift: 1 });
    }

    #[test]
    fn a_count_costs_precision_before_the_shift_leaves_its_range() {
        let smallest = Rescale { multiplier: 1 << 30, shift: -30 };
        assert_eq!(smallest.divided_by(8), Rescale { multiplier: 1 << 28, shift: -31 });
        assert_eq!(smallest.divided_by(1), smallest);
        assert_eq!(smallest.divided_by(0).multiplier, 0);
    }
}
