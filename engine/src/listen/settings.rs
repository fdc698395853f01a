use super::{Conversion, DecisionSettings, Gain, GateSettings};
use crate::SettingsError;

/// How to listen.
///
/// ```
/// use prosodia::listen::{Filter, Gain, Settings, filter_len};
///
/// static FROM_16000: Filter<{ filter_len(16_000, 22_050) }> = Filter::new(16_000, 22_050);
/// let settings = Settings {
///     conversion: Some(FROM_16000.conversion()),
///     gain: Gain::decibels(12),
///     ..Settings::DEFAULT
/// };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Settings<'f> {
    /// From the microphone's sample rate to the model's; None if they are alike.
    pub conversion: Option<Conversion<'f>>,
    /// Of the microphone's samples.
    pub gain: Gain,
    /// When sound is listened to.
    pub gate: GateSettings,
    /// When an emotion is announced.
    pub decisions: DecisionSettings,
}

impl Settings<'_> {
    /// A microphone at the model's rate, as loud as it is.
    pub const DEFAULT: Self = Self {
        conversion: None,
        gain: Gain::NONE,
        gate: GateSettings::DEFAULT,
        decisions: DecisionSettings::DEFAULT,
    };

    /// Which of them no listener can follow.
    pub(super) const fn error(&self) -> Option<SettingsError> {
        let Self { gate, decisions, .. } = self;
        if decisions.threshold > 100 {
            Some(SettingsError::Threshold)
        } else if decisions.hysteresis > 100 {
            Some(SettingsError::Hysteresis)
        } else if gate.closes_below > gate.opens_above {
            Some(SettingsError::Gate)
        } else {
            None
        }
    }
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Self::DEFAULT
    }
}
