//! Rows of features, worked by hand.

extern crate std;

use std::vec::Vec;

use super::*;
use crate::blob::{FrontEndParams, MelScale, Normalisation, Reference, RunningParams};

fn params(normalisation: Normalisation<'_>) -> FrontEndParams<'_> {
    FrontEndParams {
        sample_rate: 22050,
        fft_length: 512,
        hop_length: 100,
        window_samples: 200,
        mel_bands: 2,
        mel_scale: MelScale::Slaney,
        normalisation,
    }
}

/// `q = r dB + offset`, for each band.
fn one_step_a_decibel(offsets: [i32; 2]) -> Vec<u8> {
    let coefficients = offsets.map(|offset| [8192, offset << 20]);
    coefficients.iter().flatten().flat_map(|value: &i32| value.to_le_bytes()).collect()
}

/// Takes frames in, one after the other, and notes what each lets through.
struct Listener<'p> {
    params: FrontEndParams<'p>,
    features: Features,
    memory: Vec<i8>,
}

impl<'p> Listener<'p> {
    fn new(params: FrontEndParams<'p>) -> Self {
        let mut features = Features::new();
        features.configure(&params);
        Self { memory: std::vec![0; Features::memory_bytes(&params)], params, features }
    }

    fn push(&mut self, power: [f32; 2]) -> Vec<[i8; 2]> {
        self.features.push(&self.params, power, &mut self.memory);
        self.rows()
    }

    /// A frame in dB.
    fn hear(&mut self, decibels: [i16; 2]) -> Vec<[i8; 2]> {
        self.features.push_decibels(&self.params, decibels.map(|value| 128 * value), &mut self.memory);
        self.rows()
    }

    fn end(&mut self) -> Vec<[i8; 2]> {
        self.features.end(&self.params, &mut self.memory);
        self.rows()
    }

    fn rows(&mut self) -> Vec<[i8; 2]> {
        let mut rows = Vec::new();
        while let Some(row) = self.features.next(&self.params, &mut self.memory) {
            let mut values = [0; 2];
            row.write(&self.params, &self.memory, &mut values);
            rows.push(values);
        }
        rows
    }

    fn voice(&self) -> Voice {
        self.features.voice(&self.params, &self.memory)
    }
}

#[test]
fn a_window_is_below_its_maximum_and_above_the_floor() {
    let bands = one_step_a_decibel([0, 100]);
    let mut listener =
        Listener::new(params(Normalisation::Decibel { bands: &bands, reference: Reference::WindowMaximum }));
    assert!(listener.push([1.0, 0.1]).is_empty());
    assert!(listener.push([0.01, 0.0]).is_empty());
    // Below the maximum: 0, -20, -70 in the first band and -10, -80, -80 in the second.
    assert_eq!(listener.push([1e-7, 1e-9]), [[0, 90], [-20, 20], [-70, 20]]);
    // The next window has its own maximum.
    assert!(listener.push([1e-3, 1e-3]).is_empty());
    assert!(listener.push([1e-3, 1e-3]).is_empty());
    assert_eq!(listener.push([1e-4, 1e-5]), [[0, 100], [0, 100], [-10, 80]]);
}

#[test]
fn silence_is_its_own_maximum() {
    let bands = one_step_a_decibel([-5, 7]);
    let mut listener =
        Listener::new(params(Normalisation::Decibel { bands: &bands, reference: Reference::WindowMaximum }));
    listener.push([0.0; 2]);
    listener.push([0.0; 2]);
    assert_eq!(listener.push([0.0; 2]), [[-5, 7]; 3]);
}

#[test]
fn power_is_scaled_rounded_and_saturated() {
    let mut listener = Listener::new(params(Normalisation::Power { gain: 10.0 }));
    assert_eq!(listener.push([0.0, 10.0]), [[-128, -28]]);
    assert_eq!(listener.push([1.0, 10.04]), [[-118, -28]]);
    assert_eq!(listener.push([100.0, f32::MAX]), [[127, 127]]);
}

/// The loudness is the second band's. Four frames wait, two of speech set the level by the quieter one.
const RUNNING: RunningParams<'static> = RunningParams {
    loudness_bands: [1, 2],
    threshold: 10 * 128,
    rise: 128,
    quietest: -70 * 128,
    held: 4,
    needed: 2,
    rank: 1,
    pause: 3,
    prior_weight: 2,
    memory: 4,
    prior: &[0, 5, 0, 0], // 10 dB, 0 dB
};

#[test]
fn the_level_is_that_of_the_first_speech() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    // The noise floor is at -60 dB. Before anybody speaks, a frame leaves when there are four: as silence.
    for _ in 0..3 {
        assert!(listener.hear([-50, -60]).is_empty());
    }
    assert_eq!(listener.hear([-50, -60]), [[-80, -80]]);
    // It has risen by a dB with each frame, but falls to each: -51 is within 10 dB of it, -30 is not.
    assert_eq!(listener.hear([-50, -51]), [[-80, -80]]);
    assert_eq!(listener.hear([-20, -30]), [[-80, -80]]);
    // The second frame of speech: the level is -33 dB. Two frames leave now, the oldest first.
    assert_eq!(listener.hear([-25, -33]), [[-17, -27], [-17, -18]]);
    assert_eq!(listener.hear([-30, -40]), [[13, 3], [8, 0]]);
    // Nothing waits any more.
    assert_eq!(listener.hear([-120, -33]), [[3, -7], [-80, 0]]);
    assert_eq!(listener.hear([90, -50]), [[40, -17]]);
}

#[test]
fn a_voice_is_learnt_when_its_utterance_is_over() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    listener.hear([-70, -70]);
    assert!(listener.hear([-20, -30]).is_empty());
    listener.hear([-24, -30]);
    assert_eq!(listener.voice(), Voice { heard: 0, deviations: [0, 0].into_iter().collect() });
    // Three frames of pause, the last of which finds that nothing waits.
    listener.hear([-70, -70]);
    listener.hear([-70, -70]);
    listener.hear([-70, -70]);
    // Relative to the level of -30 dB the first band had 10 and 6 dB, 0 and -4 from the prior's 10: -4 / (2 + 2).
    assert_eq!(listener.voice(), Voice { heard: 2, deviations: [-128, 0].into_iter().collect() });
    // The next utterance is relative to that: 10 + 1 dB.
    assert!(listener.hear([-20, -30]).is_empty());
    assert_eq!(listener.hear([-20, -30]), [[11, 0], [11, 0]]);
    assert_eq!(listener.hear([-20, -30]), [[11, 0]]);
    // 3 frames of 0 dB from the prior: (-1 * (2 + 2) + 0) / (2 + 2 + 3) = -73 / 128; no more than 4 are remembered.
    listener.end();
    assert_eq!(listener.voice(), Voice { heard: 4, deviations: [-73, 0].into_iter().collect() });
}

#[test]
fn a_recording_without_speech_is_relative_to_its_loudest_frame() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    listener.hear([-50, -60]);
    listener.hear([-50, -55]);
    assert_eq!(listener.end(), [[5, -5], [5, 0]]);
}

#[test]
fn a_click_does_not_set_the_level() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    listener.hear([-50, -60]);
    // One frame is less than is needed, and then the quieter of two counts.
    listener.hear([-10, -10]);
    listener.hear([-50, -60]);
    assert_eq!(listener.hear([-30, -40]).first(), Some(&[-10, -20]));
}

#[test]
fn less_memory_is_no_panic() {
    let bands = one_step_a_decibel([0, 0]);
    for reference in [Reference::Running(RUNNING), Reference::WindowMaximum] {
        let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
        listener.memory.truncate(5);
        for value in [-60, -20, -30, -10, 0, -80] {
            listener.hear([value; 2]);
        }
        listener.end();
    }
}
