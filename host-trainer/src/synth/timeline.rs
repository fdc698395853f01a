//! How long each phone of a sentence lasts.

use rand_chacha::ChaCha8Rng;

use super::random::factor;
use super::sentence::{Segment, Sentence};

/// Control frames a second.
pub(super) const FRAME_RATE: f64 = 1000.0;
/// How much shorter phones are in a sentence than on their own.
const CONNECTED: f64 = 0.75;

/// A segment and its place in time, in frames.
pub(super) struct Timed {
    pub segment: Segment,
    pub start: f64,
    pub length: f64,
}

/// Segment after segment. Unstressed vowels are short and the last syllable is long (D. H. Klatt,
/// "Linguistic uses of segmental duration in English", J. Acoust. Soc. Am. 59(5), 1976).
pub(super) fn timeline(sentence: Sentence, rate: f64, rng: &mut ChaCha8Rng) -> Vec<Timed> {
    let segments: Vec<Segment> = sentence.segments().collect();
    let last_vowel = segments.iter().rposition(|segment| segment.phone.vowel);
    let mut start = 0.0;
    segments
        .into_iter()
        .enumerate()
        .map(|(index, segment)| {
            let reduction = if segment.phone.vowel && !segment.stressed { 0.6 } else { 1.0 };
            let lengthening = if last_vowel.is_some_and(|vowel| index >= vowel) { 1.3 } else { 1.0 };
            let seconds = segment.phone.milliseconds / 1000.0 * CONNECTED * reduction * lengthening / rate;
            let length = (seconds * FRAME_RATE * factor(rng, 0.08)).round();
            let timed = Timed { segment, start, length };
            start += length;
            timed
        })
        .collect()
}
