//! The melody of a sentence.

use std::f64::consts::PI;

use rand_chacha::ChaCha8Rng;

use super::emotion::Prosody;
use super::random::factor;
use super::timeline::{FRAME_RATE, Timed};

/// Semitones that pitch sinks from the beginning of a sentence to its end.
const DECLINATION: f64 = 3.0;
/// Semitones by which neutral pitch rises on a stressed vowel.
const ACCENT: f64 = 3.0;
/// Seconds over which it rises and falls again.
const ACCENT_LENGTH: f64 = 0.3;
/// The share of the sentence that its last movement takes.
const TERMINAL: f64 = 0.25;

/// The pitch of every frame in Hz: a line that sinks, a bump on every stressed vowel, a movement at the end.
pub(super) fn pitch_contour(
    timeline: &[Timed],
    mean: f64,
    prosody: &Prosody,
    rng: &mut ChaCha8Rng,
) -> Vec<f64> {
    let frames: f64 = timeline.iter().map(|timed| timed.length).sum();
    let accents: Vec<(f64, f64)> = timeline
        .iter()
        .filter(|timed| timed.segment.stressed)
        .map(|timed| (timed.start + timed.length / 2.0, ACCENT * prosody.range * factor(rng, 0.25)))
        .collect();
    (0..frames as usize)
        .map(|frame| {
            let at = frame as f64;
            let progress = at / frames;
            let declined = DECLINATION * (0.5 - progress);
            let accented: f64 = accents.iter().map(|&(centre, height)| height * bump(at - centre)).sum();
            let ending = ((progress - 1.0) / TERMINAL + 1.0).max(0.0);
            let semitones = prosody.pitch + declined + accented + prosody.terminal * ending * ending;
            (mean * 2f64.powf(semitones / 12.0)).clamp(50.0, 700.0)
        })
        .collect()
}

/// 1 in the middle of an accent, 0 beyond its ends.
fn bump(frames_away: f64) -> f64 {
    let half = ACCENT_LENGTH * FRAME_RATE / 2.0;
    if frames_away.abs() < half { 0.5 + 0.5 * (PI * frames_away / half).cos() } else { 0.0 }
}
