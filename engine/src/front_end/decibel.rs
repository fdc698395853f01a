use core::num::NonZeroU8;

use super::MAX_MEL_BANDS;

/// Frames are kept as whole numbers of steps, so many of which are a decibel: an int16 then holds 255 dB either way,
/// and a step is far finer than one of the network's int8 input.
pub const STEPS_PER_DECIBEL: i16 = 128;

/// The lowest value relative to a reference (librosa's `top_db=80`), in 1/128 dB.
pub(super) const FLOOR: i32 = -80 * STEPS_PER_DECIBEL as i32;
/// The highest value relative to a level.
pub(super) const CEILING: i32 = 20 * STEPS_PER_DECIBEL as i32;

/// Powers below this count as this (librosa's `amin`).
const LEAST_POWER: f32 = 1e-10;

/// Power in dB: `10 log10(max(1e-10, power))`, at least -100.
///
/// ```
/// use prosodia::front_end::decibel;
/// assert_eq!(decibel(1.0), 0.0);
/// assert_eq!(decibel(0.0), -100.0);
/// ```
#[must_use]
pub fn decibel(power: f32) -> f32 {
    let audible = if power > LEAST_POWER { power } else { LEAST_POWER };
    10.0 * libm::log10f(audible)
}

/// [`decibel`] in steps of 1/128 dB, to the nearest.
#[must_use]
pub fn decibel_steps(power: f32) -> i16 {
    libm::rintf(decibel(power) * f32::from(STEPS_PER_DECIBEL)) as i16
}

/// A frame of mel power in steps of 1/128 dB.
pub(crate) struct Decibels {
    steps: [i16; MAX_MEL_BANDS],
    bands: usize,
}

impl Decibels {
    /// Of as many bands as a front end may have.
    // Not inlined: with the logarithm in two places it takes 3 KiB of flash.
    #[inline(never)]
    pub(crate) fn of(power: &[f32]) -> Self {
        let mut steps = [0; MAX_MEL_BANDS];
        steps.iter_mut().zip(power).for_each(|(step, &power)| *step = decibel_steps(power));
        Self { steps, bands: power.len() }
    }

    /// A value for each band.
    pub(crate) fn bands(&self) -> &[i16] {
        self.steps.get(..self.bands).unwrap_or(&self.steps)
    }
}

/// A root of the power that a number of steps stands for.
pub(super) fn root_of_steps(steps: i16, root: NonZeroU8) -> f32 {
    const LN_10: f32 = core::f32::consts::LN_10;
    libm::expf(f32::from(steps) * const { LN_10 / (10.0 * STEPS_PER_DECIBEL as f32) } / f32::from(root.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_are_ten_decibels() {
        for (power, expected) in [(1e-11, -100.0), (1e-10, -100.0), (1e-3, -30.0), (1e6, 60.0)] {
            assert!((decibel(power) - expected).abs() < 1e-5, "{power}");
            assert_eq!(f32::from(decibel_steps(power)), 128.0 * expected);
        }
        assert!((decibel(2.0) - 3.010_3).abs() < 1e-6);
    }

    #[test]
    fn anything_is_defined() {
        assert_eq!(decibel(-1.0), -100.0);
        assert_eq!(decibel(f32::NAN), -100.0);
        assert_eq!(decibel_steps(f32::INFINITY), i16::MAX);
    }

    #[test]
    fn power_comes_back_within_half_a_step() {
        // 1/256 dB is a factor of 10^(1/2560).
        for power in [1e-10_f32, 3.3e-7, 0.02, 1.0, 77.0, 4.2e5] {
            let ratio = root_of_steps(decibel_steps(power), NonZeroU8::MIN) / power;
            assert!((ratio - 1.0).abs() < 9.1e-4, "{power} {ratio}");
        }
    }
}
