use engine::listen::{Conversion, DecisionSettings, Gain, GateSettings};

use crate::Error;

const SHORTEST_HANGOVER_MS: u16 = 100;

/// How a listener listens. Start from emotion_default_settings(). A rate out of its range is
/// EMOTION_ERROR_MICROPHONE_RATE, another setting EMOTION_ERROR_SETTINGS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Settings {
    /// The microphone's sample rate in Hz, or 0 if it is the model's.
    pub microphone_rate: u32,
    /// The shortest utterance whose emotion is announced, in ms: 500.
    pub shortest_ms: u16,
    /// How long an utterance waits for the next word, at least 100 ms: 600. Pauses between words are shorter.
    pub hangover_ms: u16,
    /// How much louder the microphone is made, -40 to 40 dB: 0.
    pub gain_db: i8,
    /// The probability from which on an emotion is announced, 0 to 100 %: 50.
    pub threshold_percent: u8,
    /// How far below the threshold the announced emotion falls before another is announced, 0 to 100 %: 10.
    pub hysteresis_percent: u8,
    /// How far above the noise floor sound is listened to, in dB: 9.
    pub opens_above_db: u8,
    /// How far above the noise floor it has to stay, in dB, at most opens_above_db: 6.
    pub closes_below_db: u8,
    /// The lowest noise floor, in dB below full scale: 75.
    pub quietest_db: u8,
}

/// The settings for a microphone at the model's rate, as loud as it is.
#[unsafe(no_mangle)]
pub extern "C" fn emotion_default_settings() -> Settings {
    Settings::DEFAULT
}

impl Settings {
    const DEFAULT: Self = {
        let (gate, decisions) = (GateSettings::DEFAULT, DecisionSettings::DEFAULT);
        Self {
            microphone_rate: 0,
            shortest_ms: decisions.shortest,
            hangover_ms: gate.hangover,
            gain_db: 0,
            threshold_percent: decisions.threshold,
            hysteresis_percent: decisions.hysteresis,
            opens_above_db: gate.opens_above,
            closes_below_db: gate.closes_below,
            quietest_db: gate.quietest,
        }
    };

    /// What the engine would take: it limits a gain, and has no queue, in which with a shorter hangover more events
    /// would come in 100 ms than can wait.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let is_fit = self.gain_db.unsigned_abs() <= 40 && self.hangover_ms >= SHORTEST_HANGOVER_MS;
        if is_fit { Ok(()) } else { Err(Error::Settings) }
    }

    /// As the engine has them.
    pub(crate) fn with<'f>(&self, conversion: Option<Conversion<'f>>) -> engine::listen::Settings<'f> {
        engine::listen::Settings {
            conversion,
            gain: Gain::decibels(self.gain_db),
            gate: GateSettings {
                opens_above: self.opens_above_db,
                closes_below: self.closes_below_db,
                hangover: self.hangover_ms,
                quietest: self.quietest_db,
            },
            decisions: DecisionSettings {
                threshold: self.threshold_percent,
                hysteresis: self.hysteresis_percent,
                shortest: self.shortest_ms,
            },
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
