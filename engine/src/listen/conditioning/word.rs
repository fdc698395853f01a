/// A word in which a microphone or converter delivers a sample.
///
/// Samples are 24 bits wide inside: an int16 step is 256. So a quiet microphone's low bits are there for the
/// [`Gain`](super::Gain).
///
/// ```
/// use prosodia::listen::{RightAligned24, Unsigned, Word};
///
/// assert_eq!((-2_i16).sample(), -512);
/// assert_eq!(0x8000_0100_u32.cast_signed().sample(), -0x7f_ffff); // I2S: 24 bits at the top of 32
/// assert_eq!(RightAligned24(0xff_ffff).sample(), -1);
/// assert_eq!(Unsigned::<12>(2048 + 1).sample(), 1 << 12); // a 12-bit converter
/// ```
pub trait Word: Copy {
    /// The sample, -2^23 to 2^23 - 1.
    fn sample(self) -> i32;
}

impl<W: Word> Word for &W {
    fn sample(self) -> i32 {
        W::sample(*self)
    }
}

/// 16-bit PCM.
impl Word for i16 {
    fn sample(self) -> i32 {
        i32::from(self) << 8
    }
}

/// A 32-bit slot of I2S (Philips format), the sample's most significant bit first: 24 bits at the top, or 32 of which
/// the lowest 8 are dropped.
impl Word for i32 {
    fn sample(self) -> i32 {
        self >> 8
    }
}

/// A 32-bit slot whose lowest 24 bits are the sample (right-justified I2S); the highest 8 do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightAligned24(pub u32);

impl Word for RightAligned24 {
    fn sample(self) -> i32 {
        (self.0 << 8).cast_signed() >> 8
    }
}

/// A converter's reading of `BITS` bits, 1 to 16, around half of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsigned<const BITS: u32>(pub u16);

impl<const BITS: u32> Word for Unsigned<BITS> {
    fn sample(self) -> i32 {
        const { assert!(0 < BITS && BITS <= 16) };
        let widened = i32::from(self.0).wrapping_shl(24_u32.wrapping_sub(BITS)) & 0xff_ffff;
        widened.wrapping_sub(1 << 23)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_spans_the_same_range() {
        const LOWEST: i32 = -(1 << 23);
        assert_eq!([i16::MIN.sample(), i16::MAX.sample()], [LOWEST, (1 << 23) - 256]);
        assert_eq!([i32::MIN.sample(), i32::MAX.sample()], [LOWEST, (1 << 23) - 1]);
        assert_eq!(
            [0x80_0000, 0x7f_ffff, 0xab00_0001].map(|word| RightAligned24(word).sample()),
            [LOWEST, (1 << 23) - 1, 1]
        );
        assert_eq!([0, 4095].map(|word| Unsigned::<12>(word).sample()), [LOWEST, (1 << 23) - 4096]);
        assert_eq!([0, u16::MAX].map(|word| Unsigned::<16>(word).sample()), [LOWEST, (1 << 23) - 256]);
        assert_eq!([0, 1].map(|word| Unsigned::<1>(word).sample()), [LOWEST, 0]);
    }
}
