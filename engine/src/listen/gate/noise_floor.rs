use super::level::SILENCE;
use crate::front_end::STEPS_PER_DECIBEL;

/// Parts that the time looked back on has: the longer, the rarer a breath may be; the shorter, the sooner a louder room
/// is known.
const PARTS: usize = 8;
/// Blocks of a part; 8 parts of 40 blocks of 10 ms are 3.2 s.
const PART_BLOCKS: u8 = 40;

/// What a room is taken to be like before anything is known of it: -60 dB.
const UNKNOWN: i16 = -60 * STEPS_PER_DECIBEL;

/// The level of a room without speech: the least of the last 3 s, since even whoever talks on pauses for some 10 ms.
///
/// It is minimum statistics (R. Martin, Noise power spectral density estimation based on optimal smoothing and minimum
/// statistics, IEEE Trans. Speech and Audio Processing 9, 2001) of one band: falls at once, and follows a rise when the
/// last quiet block is forgotten.
pub(super) struct NoiseFloor {
    parts: [i16; PARTS],
    /// The least of the part that is under way, and its blocks.
    least: i16,
    blocks: u8,
}

impl NoiseFloor {
    pub(super) const fn new() -> Self {
        Self { parts: [UNKNOWN; PARTS], least: i16::MAX, blocks: 0 }
    }

    /// All zeros, before there is a stream.
    pub(super) const fn unset() -> Self {
        Self { parts: [0; PARTS], least: 0, blocks: 0 }
    }

    /// The floor before a block, which then counts too. Nothing is quieter than `quietest`.
    pub(super) fn hear(&mut self, level: i16, quietest: i16) -> i16 {
        let floor = self.parts.iter().copied().fold(self.least, i16::min).max(quietest).max(SILENCE);
        self.least = self.least.min(level);
        self.blocks = self.blocks.saturating_add(1);
        if self.blocks >= PART_BLOCKS {
            self.parts.rotate_right(1);
            if let Some(latest) = self.parts.first_mut() {
                *latest = self.least;
            }
            (self.least, self.blocks) = (i16::MAX, 0);
        }
        floor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIETEST: i16 = -9600;

    #[test]
    fn it_falls_at_once_and_rises_after_3_seconds() {
        let mut floor = NoiseFloor::new();
        assert_eq!(floor.hear(-9000, QUIETEST), UNKNOWN);
        assert_eq!(floor.hear(-12_000, QUIETEST), -9000);
        assert_eq!(floor.hear(-5000, QUIETEST), QUIETEST);
        // Until the part is forgotten that has the quiet block.
        let blocks = (0..1000).take_while(|_| floor.hear(-5000, QUIETEST) == QUIETEST).count();
        assert_eq!(blocks, 9 * 40 - 3);
        assert_eq!(floor.hear(-5000, QUIETEST), -5000);
    }

    #[test]
    fn short_pauses_keep_it_down() {
        let mut floor = NoiseFloor::new();
        for block in 0..3000 {
            let level = if block % 250 == 0 { -7000 } else { -3000 };
            let known = floor.hear(level, QUIETEST);
            assert!(known <= -7000, "{block}");
        }
    }
}
