//! Requantisation in five to seven instructions: what [`Factor`](super::Factor) says, step by step.

/// From the register of a sum to an int8 value in another, by the registers that hold a factor: its doubled
/// multiplier, its rounding, its exponent. The register `$low` is overwritten.
macro_rules! requantise {
    ($value:literal, $low:literal, $sum:literal, $multiplier:literal, $rounding:literal, $exponent:literal) => {
        concat!(
            scale!($value, $low, $sum, $multiplier),
            "add ",
            $value,
            ", ",
            $value,
            ", ",
            $value,
            ", asr #31\n",
            "add ",
            $value,
            ", ",
            $rounding,
            "\n",
            "asr ",
            $value,
            ", ",
            $exponent,
            "\n",
            "ssat ",
            $value,
            ", #8, ",
            $value,
            "\n",
        )
    };
}
pub(super) use requantise;
