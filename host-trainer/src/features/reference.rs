use serde::{Deserialize, Serialize};

use super::Voice;

/// librosa's `top_db`, in 1/128 dB.
const RANGE: i16 = 80 * STEPS_PER_DECIBEL;
/// Frames count 1/128 dB.
const STEPS_PER_DECIBEL: i16 = engine::front_end::STEPS_PER_DECIBEL;

/// What a network's features are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// dB below the window's maximum, floored at -80 dB: librosa's `ref=max, top_db=80`.
    WindowMaximum,
    /// Nothing: mel power itself, as the original project had it.
    Power,
}

impl Reference {
    /// What [`log_mel`](super::log_mel) frames are relative to the reference, in dB, or power, as the device hears them
    /// from a voice; frames by bands.
    #[must_use]
    pub fn refer(&self, frames: &[i16], _voice: &Voice) -> Vec<f32> {
        let decibel = |steps: i16| f32::from(steps) / f32::from(STEPS_PER_DECIBEL);
        match self {
            Self::WindowMaximum => {
                let maximum = frames.iter().copied().max().unwrap_or(0);
                let below = frames.iter().map(|value| value.saturating_sub(maximum).max(-RANGE));
                below.map(decibel).collect()
            }
            Self::Power => frames.iter().map(|&value| 10f32.powf(decibel(value) / 10.0)).collect(),
        }
    }

    /// What is learnt of a voice from the frames of a clip alone.
    #[must_use]
    pub fn voice(&self, _frames: &[i16]) -> Voice {
        Voice::default()
    }

    /// The voice that is known once all of these have been heard, one after the other.
    pub fn together<'v>(&self, _heard: impl Iterator<Item = &'v Voice>) -> Voice {
        Voice::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_s_maximum_is_0_and_the_floor_80_db_below() {
        // -10, -13.5, -40 and -95 dB.
        let found = Reference::WindowMaximum.refer(&[-1280, -1728, -5120, -12_160], &Voice::default());
        assert_eq!(found, [0.0, -3.5, -30.0, -80.0]);
        assert_eq!(Reference::WindowMaximum.refer(&[-12_800; 3], &Voice::default()), [0.0; 3]);
    }

    #[test]
    fn power_is_a_tenth_each_10_db() {
        let found = Reference::Power.refer(&[0, -1280, 2560, 385], &Voice::default());
        for (found, expected) in found.into_iter().zip([1.0, 0.1, 100.0, 1.998_85]) {
            assert!((found / expected - 1.0f32).abs() < 1e-5, "{found} {expected}");
        }
    }
}
