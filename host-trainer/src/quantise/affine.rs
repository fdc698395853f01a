use engine::blob::{Clamp, Tensor};

/// What an int8 value of a tensor stands for: `(q - zero_point) * scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// What one step is worth.
    pub scale: f32,
    /// The value that stands for 0.
    pub zero_point: i8,
}

/// Nothing in a normalised network is as small as this, and a softmax needs its steps to be larger.
const SMALLEST_SCALE: f64 = 1.0 / (1 << 20) as f64;

impl Affine {
    /// The 256 values spread over a range, widened so that 0 is among them.
    ///
    /// `finest` bounds the scale from below: steps smaller than those of the sums that a tensor is
    /// made from would carry nothing. A tensor that is always 0 gets that scale, or the smallest one.
    #[must_use]
    pub fn over(range: Range, finest: f64) -> Self {
        let (low, high) = (f64::from(range.low.min(0.0)), f64::from(range.high.max(0.0)));
        let scale = ((high - low) / 255.0).max(finest).max(SMALLEST_SCALE) as f32;
        let zero_point = (-128.0 - low / f64::from(scale)).round().clamp(-128.0, 127.0) as i8;
        Self { scale, zero_point }
    }

    /// The quantisation of a blob's tensor.
    #[must_use]
    pub fn of(tensor: Tensor) -> Self {
        Self { scale: tensor.scale, zero_point: tensor.zero_point }
    }

    /// A tensor of this quantisation; `None` if a side is longer than a blob can say.
    #[must_use]
    pub fn tensor(self, shape: [usize; 3]) -> Option<Tensor> {
        let [height, width, channels] = shape.map(|side| u16::try_from(side).ok());
        Some(Tensor {
            height: height?,
            width: width?,
            channels: channels?,
            zero_point: self.zero_point,
            scale: self.scale,
        })
    }

    /// The bounds of a layer's output: a ReLU cuts at the value that stands for 0.
    #[must_use]
    pub fn clamp(self, relu: bool) -> Clamp {
        Clamp { low: if relu { self.zero_point } else { i8::MIN }, high: i8::MAX }
    }

    /// The number that an int8 value stands for.
    #[must_use]
    pub fn dequantise(self, value: i8) -> f32 {
        (f32::from(value) - f32::from(self.zero_point)) * self.scale
    }
}

/// The values that a tensor's quantisation keeps; what lies beyond is clipped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The lowest value kept.
    pub low: f32,
    /// The highest value kept.
    pub high: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_255_has_steps_of_1() {
        let affine = Affine::over(Range { low: -100.0, high: 155.0 }, 0.0);
        assert_eq!(affine, Affine { scale: 1.0, zero_point: -28 });
        assert_eq!([-128, -28, 127].map(|q| affine.dequantise(q)), [-100.0, 0.0, 155.0]);
    }

    #[test]
    fn zero_is_always_among_the_values() {
        assert_eq!(
            Affine::over(Range { low: 51.0, high: 127.5 }, 0.0),
            Affine { scale: 0.5, zero_point: -128 }
        );
        assert_eq!(
            Affine::over(Range { low: -127.5, high: -51.0 }, 0.0),
            Affine { scale: 0.5, zero_point: 127 }
        );
    }

    #[test]
    fn a_tensor_without_a_range_has_a_scale_all_the_same() {
        let nothing = Range { low: 0.0, high: 0.0 };
        assert!(Affine::over(nothing, 0.0).scale > 0.0);
        assert_eq!(Affine::over(nothing, 0.25), Affine { scale: 0.25, zero_point: -128 });
    }

    #[test]
    fn a_side_of_65536_does_not_fit_a_blob() {
        let affine = Affine { scale: 1.0, zero_point: 0 };
        assert!(affine.tensor([65_535, 1, 1]).is_some());
        assert!(affine.tensor([65_536, 1, 1]).is_none());
    }
}
