//! Whether anybody speaks: first by the level alone, then by the sound's shape.

mod level;
mod noise_floor;
mod pre_roll;
mod shape;

use level::Meter;
use noise_floor::NoiseFloor;

pub(super) use pre_roll::PreRoll;
pub(super) use shape::Shape;

use crate::front_end::STEPS_PER_DECIBEL;

/// When sound is loud enough to be listened to.
/// ```
/// use prosodia::listen::{GateSettings, Settings};
///
/// // A microphone far away, and people who pause for long.
/// let gate = GateSettings { opens_above: 6, closes_below: 4, hangover: 1000, ..GateSettings::DEFAULT };
/// let settings = Settings { gate, ..Settings::DEFAULT };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GateSettings {
    /// How far above the noise floor the level opens the gate, in dB.
    pub opens_above: u8,
    /// How far above the floor it has to be to keep the gate open, in dB; at most [`opens_above`](Self::opens_above).
    pub closes_below: u8,
    /// How long the gate stays open after that, in ms: pauses between words are shorter. Below 100 ms it closes within
    /// words.
    pub hangover: u16,
    /// The lowest noise floor, in dB below full scale: what is not [`opens_above`](Self::opens_above) it is never
    /// listened to.
    pub quietest: u8,
}

impl GateSettings {
    /// 9 dB opens, 6 dB keeps open, and 0.6 s after that it closes; the floor is at least -75 dB.
    pub const DEFAULT: Self = Self { opens_above: 9, closes_below: 6, hangover: 600, quietest: 75 };
}

impl Default for GateSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What the gate did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Opened,
    Closed,
}

/// Blocks a second.
const BLOCK_RATE: u32 = 100;
/// Blocks in a row that open the gate; a click is shorter.
const ONSET: u8 = 2;

/// Opens when the level rises above the noise floor, and closes when it has been near it for a while. Levels are those
/// of blocks of 10 ms.
pub(super) struct Gate {
    settings: GateSettings,
    meter: Meter,
    floor: NoiseFloor,
    block: u32,
    is_open: bool,
    /// Blocks in a row that were loud enough to open it.
    loud: u8,
    /// Blocks in a row that were not loud enough to keep it open.
    quiet: u16,
}

impl Gate {
    /// For a sample rate in Hz.
    pub(super) const fn new(sample_rate: u32, settings: GateSettings) -> Self {
        let block = sample_rate / BLOCK_RATE;
        let (meter, floor) = (Meter::new(block), NoiseFloor::new());
        Self { settings, meter, floor, block, is_open: false, loud: 0, quiet: 0 }
    }

    /// Not configured yet. (All zeros, so that a static costs no flash.)
    pub(super) const fn unset() -> Self {
        let settings = GateSettings { opens_above: 0, closes_below: 0, hangover: 0, quietest: 0 };
        Self { floor: NoiseFloor::unset(), ..Self::new(0, settings) }
    }

    /// Samples until it judges next.
    pub(super) fn missing(&self) -> usize {
        self.meter.missing()
    }

    /// Hears the next samples, no more than are [missing](Self::missing).
    #[inline]
    pub(super) fn hear(&mut self, samples: &[i16]) -> Option<Turn> {
        let level = self.meter.hear(samples)?;
        self.judge(level)
    }

    /// Judges the level of a block.
    fn judge(&mut self, level: i16) -> Option<Turn> {
        let above =
            level.saturating_sub(self.floor.hear(level, decibels(self.settings.quietest).saturating_neg()));
        let is_loud = above >= decibels(self.settings.opens_above);
        self.loud = if is_loud { self.loud.saturating_add(1) } else { 0 };
        let is_quiet = above < decibels(self.settings.closes_below);
        self.quiet = if is_quiet { self.quiet.saturating_add(1) } else { 0 };
        if self.is_open {
            let is_over =
                u32::from(self.quiet).saturating_mul(1000 / BLOCK_RATE) >= self.settings.hangover.into();
            self.is_open = !is_over;
            is_over.then_some(Turn::Closed)
        } else {
            self.is_open = self.loud >= ONSET;
            self.is_open.then_some(Turn::Opened)
        }
    }

    /// Samples since it was last loud enough to keep the gate open.
    pub(super) fn quiet_samples(&self) -> u64 {
        u64::from(self.quiet).saturating_mul(self.block.into())
    }

    /// Closes it.
    pub(super) const fn close(&mut self) {
        self.is_open = false;
    }
}

fn decibels(decibels: u8) -> i16 {
    i16::from(decibels).saturating_mul(STEPS_PER_DECIBEL)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    fn turns(samples: impl Iterator<Item = i16>) -> Vec<(usize, Turn)> {
        let mut gate = Gate::new(1000, GateSettings::DEFAULT);
        samples.enumerate().filter_map(|(n, sample)| Some((n, gate.hear(&[sample])?))).collect()
    }

    /// Blocks of 10 samples; a level of 300 is -41 dB, of 1000 -30 dB.
    #[test]
    fn it_opens_after_two_blocks_and_closes_after_the_hangover() {
        let level = |n| if (5000..7000).contains(&n) { 1000 } else { 300 };
        let found = turns((0..9000).map(level));
        // Before the room is known (3.2 s), anything above -60 dB is listened to.
        let expected = [(19, Turn::Opened), (3799, Turn::Closed), (5019, Turn::Opened), (7599, Turn::Closed)];
        assert_eq!(found, expected);
    }

    #[test]
    fn clicks_and_silence_do_not_open_it() {
        assert_eq!(turns((0..9000).map(|n| if n % 500 == 0 { 20_000 } else { 0 })), []);
        assert_eq!(turns((0..9000).map(|_| 0)), []);
    }
}
