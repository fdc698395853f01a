//! From a sentence and its prosody to what the synthesiser does every millisecond.

use std::f64::consts::PI;

use rand_chacha::ChaCha8Rng;

use super::amplitude;
use super::emotion::Prosody;
use super::intonation::pitch_contour;
use super::phones::Phone;
use super::sentence::{Segment, Sentence};
use super::speaker::Speaker;
use super::timeline::{Timed, timeline};

/// Frames over which the voice dies away at the end of a sentence.
const RELEASE: usize = 60;

/// What the controls of the synthesiser are set to at one instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    /// Hz.
    pub pitch: f64,
    /// F1 to F3 for a vocal tract of scale 1, Hz.
    pub formants: [f64; 3],
    /// Of F1 to F3, Hz.
    pub bandwidths: [f64; 3],
    /// Of voicing, of the noise at the glottis, and of the noise at a constriction.
    pub amplitudes: [f64; 3],
    /// Centre and width of the noise at a constriction, Hz.
    pub band: [f64; 2],
}

/// Plans a sentence.
pub(super) fn score(
    sentence: Sentence,
    speaker: &Speaker,
    prosody: &Prosody,
    rng: &mut ChaCha8Rng,
) -> Vec<Frame> {
    let timeline = timeline(sentence, speaker.rate * prosody.rate, rng);
    let pitches = pitch_contour(&timeline, speaker.pitch, prosody, rng);
    let mut frames: Vec<Frame> =
        timeline.iter().flat_map(|timed| targets(timed, prosody)).zip(pitches).map(with_pitch).collect();
    fade_out(&mut frames);
    // Articulators take tens of milliseconds to move; the glottis and a release are quicker.
    smooth(&mut frames, 35, |frame| &mut frame.formants);
    smooth(&mut frames, 35, |frame| &mut frame.bandwidths);
    smooth(&mut frames, 8, |frame| &mut frame.amplitudes);
    frames
}

fn with_pitch((frame, pitch): (Frame, f64)) -> Frame {
    Frame { pitch, ..frame }
}

fn fade_out(frames: &mut [Frame]) {
    for (left, frame) in frames.iter_mut().rev().take(RELEASE).enumerate() {
        let kept = left as f64 / RELEASE as f64;
        frame.amplitudes = frame.amplitudes.map(|amplitude| kept * amplitude);
    }
}

/// The frames of one segment, before smoothing and without pitch.
fn targets(timed: &Timed, prosody: &Prosody) -> impl Iterator<Item = Frame> {
    let Segment { phone, stressed } = timed.segment;
    let loudness = if stressed { amplitude(prosody.emphasis) } else { 1.0 };
    let length = timed.length;
    (0..length as usize).map(move |frame| target(phone, loudness, frame as f64 / length))
}

/// `progress` runs from 0 at the beginning of the phone to 1 at its end.
fn target(phone: &Phone, loudness: f64, progress: f64) -> Frame {
    let open = if progress < phone.closure { 0.0 } else { 1.0 };
    let glide = |index: usize| phone.onset[index] + progress * (phone.offset[index] - phone.onset[index]);
    let [centre, width, noise] = phone.frication;
    Frame {
        pitch: 0.0,
        formants: [glide(0), glide(1), glide(2)],
        bandwidths: phone.bandwidths,
        amplitudes: [loudness * phone.voicing, open * phone.aspiration, open * noise],
        band: [centre, width],
    }
}

/// Hann-weighted mean of a control over as many frames to either side.
fn smooth(frames: &mut [Frame], reach: usize, control: fn(&mut Frame) -> &mut [f64; 3]) {
    let before: Vec<[f64; 3]> = frames.iter_mut().map(|frame| *control(frame)).collect();
    for (index, frame) in frames.iter_mut().enumerate() {
        let first = index.saturating_sub(reach);
        let last = (index + reach).min(before.len() - 1);
        let mut total = 0.0;
        let mut sum = [0.0; 3];
        for (offset, values) in before[first..=last].iter().enumerate() {
            let distance = (first + offset) as f64 - index as f64;
            let weight = 1.0 + (PI * distance / (reach + 1) as f64).cos();
            total += weight;
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        *control(frame) = sum.map(|sum| sum / total);
    }
}
