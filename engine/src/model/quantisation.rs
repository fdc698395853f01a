use crate::blob::Tensor;

/// What an int8 value `q` of a tensor stands for: `scale * (q - zero_point)`
/// ([TFLite's quantisation
/// specification](https://ai.google.dev/edge/litert/conversion/tensorflow/quantization/quantization_spec)).
///
/// ```
/// use prosodia::{Network, arena_bytes, include_model};
///
/// const BLOB: &[u8] = include_model!("../../tests/data/weighted.postcard");
/// let mut network = Network::<{ arena_bytes(BLOB) }>::new();
/// network.load(BLOB)?;
/// let runnable = network.runnable().expect("it was loaded");
/// let (input, output) = (runnable.input_quantisation(), runnable.output_quantisation());
///
/// let features = [4.2, 5.9, 8.0]; // a value for each of the window's three rows; a step is worth 1 here
/// let answer = network.run(&features.map(|feature| input.quantise(feature)))?;
/// assert_eq!(output.dequantise(answer[0]), 20.0); // (1 * 4 + 2 * 6 + 3 * 8) / 2
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub struct Quantisation {
    /// What one step is worth; above 0.
    pub scale: f32,
    /// The value that stands for 0.
    pub zero_point: i8,
}

impl Quantisation {
    pub(crate) const NONE: Self = Self { scale: 1.0, zero_point: 0 };

    /// The int8 value that is nearest to a real one; what is halfway goes away from 0, what lies beyond the ends
    /// becomes -128 or 127, what is no number the zero point.
    #[must_use]
    pub fn quantise(self, real: f32) -> i8 {
        // A cast takes what is beyond the ends to them, and what is no number to 0.
        (libm::roundf(real / self.scale) as i32).saturating_add(self.zero_point.into()).clamp(-128, 127) as i8
    }

    /// The real value that an int8 value stands for.
    #[must_use]
    pub fn dequantise(self, value: i8) -> f32 {
        self.scale * f32::from(i16::from(value).wrapping_sub(self.zero_point.into()))
    }
}

impl From<Tensor> for Quantisation {
    fn from(Tensor { scale, zero_point, .. }: Tensor) -> Self {
        Self { scale, zero_point }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked by hand: steps of a half, 0 at -3.
    #[test]
    fn values_are_rounded_and_held_within_int8() {
        let half = Quantisation { scale: 0.5, zero_point: -3 };
        let reals = [0.0, 1.0, 0.26, -0.26, 0.25, -0.25, 1e9, -1e9, f32::INFINITY, f32::NAN];
        assert_eq!(reals.map(|real| half.quantise(real)), [-3, -1, -2, -4, -2, -4, 127, -128, 127, -3]);
        assert_eq!([-128, -3, 127].map(|value| half.dequantise(value)), [-62.5, 0.0, 65.0]);
        for value in i8::MIN..=i8::MAX {
            assert_eq!(half.quantise(half.dequantise(value)), value);
        }
    }
}
