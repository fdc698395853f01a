use super::decibel::{CEILING, FLOOR};
use super::frames::prior_values;
use crate::blob::RunningParams;

/// How far a band's mean is taken to be from that of all voices, in 1/128 dB: 40 dB.
const LARGEST_DEVIATION: i32 = 5120;

/// What a voice, its microphone and its room have been like: how far each band's mean in speech, relative to the
/// level, is from that of voices in general.
///
/// It learns at the end of each utterance, so that within one nothing moves. The deviation is
/// `sum(x - prior) / (prior_weight + n)` over the `n` frames of speech heard so far; once `n` has reached the memory's
/// length, older frames count less and less.
///
/// In the memory that the caller lends, each band has 6 bytes: the deviation (int16), and the sum over the present
/// utterance (int32).
pub(super) struct VoiceMemory {
    /// Frames of speech that the deviations are from.
    heard: u16,
    /// Frames of speech in the present utterance.
    latest: u16,
    /// Whether anything was learnt from in the present recording.
    has_heard: bool,
    /// Whether nothing more is learnt.
    pub(super) is_frozen: bool,
}

/// Bytes of a band.
const BAND_BYTES: usize = 6;

impl VoiceMemory {
    /// A voice that is not known.
    pub(super) const fn new() -> Self {
        Self { heard: 0, latest: 0, has_heard: false, is_frozen: false }
    }

    /// Bytes of memory.
    pub(super) const fn bytes(bands: u16) -> usize {
        (bands as usize).saturating_mul(BAND_BYTES)
    }

    /// Frames of speech that are remembered.
    pub(super) const fn heard(&self) -> u16 {
        self.heard
    }

    /// A recording begins, without what was heard of an utterance that has not ended.
    pub(super) fn begin_recording(&mut self, memory: &mut [i8]) {
        self.has_heard = false;
        self.drop_utterance(memory);
    }

    /// Whether anything was learnt from in the present recording.
    pub(super) const fn has_heard(&self) -> bool {
        self.has_heard
    }

    /// Forgets the voice.
    pub(super) fn forget(&mut self, memory: &mut [i8]) {
        self.heard = 0;
        self.drop_utterance(memory);
        memory.fill(0);
    }

    /// Forgets the present utterance.
    pub(super) fn drop_utterance(&mut self, memory: &mut [i8]) {
        self.latest = 0;
        for [_, _, sum @ ..] in bands(memory) {
            *sum = [0; 4];
        }
    }

    /// Takes on what was remembered before.
    pub(super) fn restore(&mut self, heard: u16, deviations: impl Iterator<Item = i16>, memory: &mut [i8]) {
        self.forget(memory);
        self.heard = heard;
        for (band, deviation) in bands(memory).iter_mut().zip(deviations) {
            set_deviation(band, deviation.into());
        }
    }

    /// Each band's deviation in 1/128 dB.
    pub(super) fn deviations(memory: &[i8]) -> impl Iterator<Item = i16> + use<'_> {
        memory.as_chunks::<BAND_BYTES>().0.iter().map(|&[low, high, ..]| deviation([low, high]))
    }

    /// Hears a frame of speech.
    pub(super) fn hear(
        &mut self,
        params: &RunningParams<'_>,
        frame: impl Iterator<Item = i16>,
        level: i16,
        memory: &mut [i8],
    ) {
        if self.is_frozen || self.latest >= params.memory {
            return;
        }
        self.latest = self.latest.saturating_add(1);
        self.has_heard = true;
        let prior = prior_values(params.prior);
        for ((band, decibels), prior) in bands(memory).iter_mut().zip(frame).zip(prior) {
            let above = i32::from(decibels).saturating_sub(level.into()).clamp(FLOOR, CEILING);
            let [_, _, sum @ ..] = band;
            let added = above.saturating_sub(prior.into());
            *sum = i32_of(*sum).saturating_add(added).to_le_bytes().map(u8::cast_signed);
        }
    }

    /// Learns from the utterance that is over, unless frozen.
    pub(super) fn end_utterance(&mut self, params: &RunningParams<'_>, memory: &mut [i8]) {
        if self.is_frozen {
            self.drop_utterance(memory);
            return;
        }
        let weight = i32::from(params.prior_weight).saturating_add(self.heard.into());
        let total = weight.saturating_add(self.latest.into());
        for band in bands(memory) {
            let [low, high, sum @ ..] = *band;
            // At most 2^13 * 2^17 + 2^15 * 2^14.
            let before = i32::from(deviation([low, high])).saturating_mul(weight);
            set_deviation(band, rounded_quotient(before.saturating_add(i32_of(sum)), total));
        }
        self.heard = self.heard.saturating_add(self.latest).min(params.memory);
        self.drop_utterance(memory);
    }
}

fn bands(memory: &mut [i8]) -> &mut [[i8; BAND_BYTES]] {
    memory.as_chunks_mut().0
}

fn deviation(bytes: [i8; 2]) -> i16 {
    i16::from_le_bytes(bytes.map(i8::cast_unsigned))
}

fn i32_of(bytes: [i8; 4]) -> i32 {
    i32::from_le_bytes(bytes.map(i8::cast_unsigned))
}

fn set_deviation(band: &mut [i8; BAND_BYTES], deviation: i32) {
    let bounded = deviation.clamp(-LARGEST_DEVIATION, LARGEST_DEVIATION) as i16;
    let [low, high, ..] = band;
    [*low, *high] = bounded.to_le_bytes().map(u8::cast_signed);
}

/// To the nearest, halves away from 0; nothing over nothing is 0.
pub(crate) fn rounded_quotient(dividend: i32, divisor: i32) -> i32 {
    let half = if dividend < 0 { divisor.wrapping_neg() / 2 } else { divisor / 2 };
    dividend.saturating_add(half).checked_div(divisor).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest utterances of the farthest values that validation lets through.
    #[test]
    fn the_largest_sums_are_exact() {
        for (value, prior, added) in [(i16::MAX, -10_240_i16, 12_800), (i16::MIN, 10_240, -20_480)] {
            let prior = prior.to_le_bytes();
            let params = RunningParams {
                loudness_bands: [0, 1],
                lasting: 1,
                quietest: 0,
                held: 1,
                speech_below: 1,
                pause: 1,
                prior_weight: u16::MAX,
                memory: 16_384,
                prior: &prior,
            };
            let mut memory = [0; BAND_BYTES];
            let mut voice = VoiceMemory::new();
            for start in [0, -5120, 5120] {
                voice.restore(16_384, core::iter::once(start), &mut memory);
                (0..16_385).for_each(|_| voice.hear(&params, core::iter::once(value), 0, &mut memory));
                let [_, _, sum @ ..] = memory;
                assert_eq!(i32_of(sum), added * 16_384);
                voice.end_utterance(&params, &mut memory);
                let weight = 65_535 + 16_384;
                let mean = (f64::from(start) * f64::from(weight) + f64::from(added) * 16_384.0)
                    / f64::from(weight + 16_384);
                let expected = libm::round(mean) as i32;
                let expected = expected.clamp(-LARGEST_DEVIATION, LARGEST_DEVIATION) as i16;
                assert_eq!(VoiceMemory::deviations(&memory).next(), Some(expected));
                assert_eq!(voice.heard(), 16_384);
            }
        }
    }

    #[test]
    fn quotients_are_rounded_to_the_nearest_halves_away_from_0() {
        for (dividend, divisor, expected) in
            [(5, 2, 3), (-5, 2, -3), (4, 3, 1), (-4, 3, -1), (5, 3, 2), (7, 0, 0)]
        {
            assert_eq!(rounded_quotient(dividend, divisor), expected);
        }
    }
}
