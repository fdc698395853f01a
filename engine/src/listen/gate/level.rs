use crate::front_end::STEPS_PER_DECIBEL;

/// The level of silence: below what one step of one sample makes of any block.
pub(super) const SILENCE: i16 = -100 * STEPS_PER_DECIBEL;

/// The level of a stream's samples, block by block.
pub(super) struct Meter {
    /// Samples of a block.
    block: u32,
    heard: u32,
    /// Of squares.
    sum: u64,
}

impl Meter {
    pub(super) const fn new(block: u32) -> Self {
        Self { block, heard: 0, sum: 0 }
    }

    /// Samples until the block's end, at least one.
    pub(super) fn missing(&self) -> usize {
        self.block.saturating_sub(self.heard).max(1) as usize
    }

    /// Hears samples, no more than are [missing](Self::missing). At a block's end its mean square in 1/128 dB, where
    /// that of the largest amplitude (32768) is 0 dB.
    #[inline]
    pub(super) fn hear(&mut self, samples: &[i16]) -> Option<i16> {
        // Of 64 bits at once, which a Cortex-M4 sums up in one instruction.
        let squares = samples.iter().map(|&sample| i64::from(sample).wrapping_mul(sample.into()));
        self.sum = squares.fold(self.sum, |sum, square| sum.wrapping_add(square.cast_unsigned()));
        self.heard = self.heard.wrapping_add(samples.len() as u32);
        if self.heard < self.block {
            return None;
        }
        let level = level(self.sum, self.heard);
        (self.sum, self.heard) = (0, 0);
        Some(level)
    }
}

/// `10 log10(sum / count / 2^30)` in 1/128 dB.
fn level(sum: u64, count: u32) -> i16 {
    /// `10 log10(2)` in 1/128 dB, times 16.
    const OCTAVE: i64 = 6165;
    const FULL_SCALE: i64 = 30 << FRACTION_BITS;
    let (Some(sum), Some(count)) = (log2(sum), log2(count.into())) else { return SILENCE };
    let octaves = sum.wrapping_sub(count).wrapping_sub(FULL_SCALE);
    let steps = octaves.wrapping_mul(OCTAVE) >> const { FRACTION_BITS + 4 };
    steps.clamp(SILENCE.into(), 0) as i16
}

const FRACTION_BITS: u32 = 15;

/// By the whole power of two, and the parabola that meets the logarithm at both ends: within 0.01.
fn log2(x: u64) -> Option<i64> {
    const ONE: i64 = 1 << FRACTION_BITS;
    /// 0.3435.
    const BEND: i64 = 11_256;
    let whole = x.checked_ilog2()?;
    let mantissa = (x.wrapping_shl(63_u32.wrapping_sub(whole)) >> (63 - FRACTION_BITS)).cast_signed();
    let part = mantissa.wrapping_sub(ONE);
    let bend = (part.wrapping_mul(ONE.wrapping_sub(part)) >> FRACTION_BITS).wrapping_mul(BEND);
    Some((i64::from(whole) << FRACTION_BITS).wrapping_add(part).wrapping_add(bend >> FRACTION_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_right_to_a_tenth_of_a_decibel() {
        for (sum, count) in [(1_u64 << 40, 1_u32 << 10), (12_345, 80), (480 << 30, 480), (99_999_999, 221)] {
            let exact = 10.0 * libm::log10(sum as f64 / f64::from(count) / f64::from(1 << 30));
            assert!((f64::from(level(sum, count)) / 128.0 - exact).abs() < 0.1, "{sum} {count}");
        }
    }

    #[test]
    fn a_block_has_one_level_and_silence_the_lowest() {
        let mut meter = Meter::new(3);
        assert_eq!(
            [0, 0, 0, i16::MIN, i16::MIN].map(|x| meter.hear(&[x])),
            [None, None, Some(SILENCE), None, None]
        );
        assert_eq!((meter.missing(), meter.hear(&[i16::MIN])), (1, Some(0)));
        assert_eq!((meter.missing(), meter.hear(&[1, 2]), meter.missing()), (3, None, 1));
    }
}
