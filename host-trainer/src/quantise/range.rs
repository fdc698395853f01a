use engine::Quantisation;
use engine::blob::{Clamp, Tensor};

/// Nothing in a normalised network is as small as this, and a softmax needs its steps to be larger.
const SMALLEST_SCALE: f64 = 1.0 / (1 << 20) as f64;

/// The values that a tensor's quantisation keeps; what lies beyond is clipped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The lowest value kept.
    pub low: f32,
    /// The highest value kept.
    pub high: f32,
}

impl Range {
    /// The 256 values spread over it, widened so that 0 is among them.
    ///
    /// `finest` bounds the scale from below: steps smaller than those of the sums that a tensor is
    /// made from would carry nothing. A tensor that is always 0 gets that scale, or the smallest one.
    #[must_use]
    pub fn quantisation(self, finest: f64) -> Quantisation {
        let (low, high) = (f64::from(self.low.min(0.0)), f64::from(self.high.max(0.0)));
        let scale = ((high - low) / 255.0).max(finest).max(SMALLEST_SCALE) as f32;
        let zero_point = (-128.0 - low / f64::from(scale)).round().clamp(-128.0, 127.0) as i8;
        Quantisation { scale, zero_point }
    }
}

/// A tensor of this quantisation; `None` if a side is longer than a blob can say.
pub(crate) fn tensor(Quantisation { scale, zero_point }: Quantisation, shape: [usize; 3]) -> Option<Tensor> {
    let [height, width, channels] = shape.map(|side| u16::try_from(side).ok());
    Some(Tensor { height: height?, width: width?, channels: channels?, zero_point, scale })
}

/// The bounds of a layer's output: a ReLU cuts at the value that stands for 0.
pub(super) const fn clamp(output: Quantisation, relu: bool) -> Clamp {
    Clamp { low: if relu { output.zero_point } else { i8::MIN }, high: i8::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_255_has_steps_of_1() {
        let quantisation = Range { low: -100.0, high: 155.0 }.quantisation(0.0);
        assert_eq!(quantisation, Quantisation { scale: 1.0, zero_point: -28 });
        assert_eq!([-128, -28, 127].map(|q| quantisation.dequantise(q)), [-100.0, 0.0, 155.0]);
    }

    #[test]
    fn zero_is_always_among_the_values() {
        assert_eq!(
            Range { low: 51.0, high: 127.5 }.quantisation(0.0),
            Quantisation { scale: 0.5, zero_point: -128 }
        );
        assert_eq!(
            Range { low: -127.5, high: -51.0 }.quantisation(0.0),
            Quantisation { scale: 0.5, zero_point: 127 }
        );
    }

    #[test]
    fn a_tensor_without_a_range_has_a_scale_all_the_same() {
        let nothing = Range { low: 0.0, high: 0.0 };
        assert!(nothing.quantisation(0.0).scale > 0.0);
        assert_eq!(nothing.quantisation(0.25), Quantisation { scale: 0.25, zero_point: -128 });
    }

    #[test]
    fn a_side_of_65536_does_not_fit_a_blob() {
        let quantisation = Quantisation { scale: 1.0, zero_point: 0 };
        assert!(tensor(quantisation, [65_535, 1, 1]).is_some());
        assert!(tensor(quantisation, [65_536, 1, 1]).is_none());
    }
}
