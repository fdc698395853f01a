/// What is added before the segment is looked for, in steps of 16 bit (G.711's 33 in steps of 14 bit).
const BIAS: u16 = 33 << 2;

/// The code of a sample (ITU-T G.711, mu-law; the 14 bits that it codes are the upper ones of 16).
///
/// ```
/// use host_trainer::acoustics::{decode, encode};
///
/// assert_eq!([0, i16::MAX, i16::MIN].map(encode), [0xff, 0x80, 0x00]);
/// assert_eq!([0xff, 0x80, 0x00].map(decode), [0, 32_124, -32_124]);
/// ```
#[must_use]
pub fn encode(sample: i16) -> u8 {
    // No more than the last segment holds: bit 14 is the highest that is set.
    let magnitude = sample.unsigned_abs().min(i16::MAX as u16 - BIAS) + BIAS;
    // The bias sets bit 7 at least, where segment 0 begins.
    let segment = magnitude.ilog2() as u8 - 7;
    let step = (magnitude >> (segment + 3)) as u8 & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    // All bits are sent inverted.
    !(sign | segment << 4 | step)
}

/// The sample that a code stands for.
#[must_use]
pub fn decode(code: u8) -> i16 {
    let (segment, step) = ((!code >> 4) & 7, u16::from(!code & 0x0f));
    // The middle of the step: a step is 8 << segment wide.
    let magnitude = (((step << 3) + BIAS) << segment) - BIAS;
    if code & 0x80 == 0 { -(magnitude as i16) } else { magnitude as i16 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The decoder's outputs of G.711, table 2b (14 bit, so times 4), for codes of each segment.
    #[test]
    fn codes_stand_for_the_values_of_the_table() {
        let table = [
            (0x80, 8031),
            (0x8f, 4191),
            (0x9f, 2079),
            (0xaf, 1023),
            (0xbf, 495),
            (0xcf, 231),
            (0xdf, 99),
            (0xef, 33),
            (0xfe, 2),
            (0xff, 0),
        ];
        for (code, value) in table {
            assert_eq!((decode(code), decode(code & 0x7f)), (4 * value, -4 * value), "{code:#x}");
            // Plus and minus nothing are two codes.
            assert!(
                value == 0 || (encode(4 * value), encode(-4 * value)) == (code, code & 0x7f),
                "{code:#x}"
            );
        }
    }

    proptest! {
        /// A step is a sixteenth of its segment, whose start is at least its width less the bias.
        #[test]
        fn what_comes_back_is_within_half_a_step(sample in any::<i16>()) {
            let (sample, decoded) = (i32::from(sample), i32::from(decode(encode(sample))));
            let clipped = sample.clamp(-32_635, 32_635);
            prop_assert!((decoded - clipped).abs() <= (clipped.abs() + 132) / 32 + 1, "{} {}", sample, decoded);
        }
    }
}
