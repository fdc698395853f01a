//! Rows of features, worked by hand.

extern crate std;

use core::num::NonZeroU8;
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
        self.features.end();
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
    let mut listener =
        Listener::new(params(Normalisation::Power { gain: 10.0, root: NonZeroU8::MIN, offset: -128.0 }));
    assert_eq!(listener.push([0.0, 10.0]), [[-128, -28]]);
    assert_eq!(listener.push([1.0, 10.04]), [[-118, -28]]);
    assert_eq!(listener.push([100.0, f32::MAX]), [[127, 127]]);
}

/// 16 and 81 are the fourth powers of 2 and 3; the least power, 1e-10, has a root of 0.003.
#[test]
fn a_root_of_power_is_scaled_rounded_and_saturated() {
    let root = NonZeroU8::new(4).unwrap();
    let mut listener = Listener::new(params(Normalisation::Power { gain: 10.0, root, offset: -128.0 }));
    assert_eq!(listener.push([16.0, 81.0]), [[-108, -98]]);
    assert_eq!(listener.push([0.0, 1e6]), [[-128, 127]]);
}

/// The loudness is the second band's, and has to last for two frames. A frame leaves when three are there.
const RUNNING: RunningParams<'static> = RunningParams {
    loudness_bands: [1, 2],
    lasting: 2,
    quietest: -50 * 128,
    held: 3,
    speech_below: 10 * 128,
    pause: 3,
    prior_weight: 2,
    memory: 4,
    prior: &[0, 5, 0, 0], // 10 dB, 0 dB
};

#[test]
fn a_frame_is_relative_to_the_level_that_comes_with_two_more() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    assert!(listener.hear([-60, -70]).is_empty());
    assert!(listener.hear([-60, -70]).is_empty());
    // Nothing has been louder than the quietest level, -50 dB.
    assert_eq!(listener.hear([-60, -70]), [[-10, -20]]);
    // A click of one frame does not last; of a louder sound the quieter of two frames does.
    assert_eq!(listener.hear([0, 0]), [[-10, -20]]);
    assert_eq!(listener.hear([-60, -70]), [[-10, -20]]);
    assert_eq!(listener.hear([-25, -30]), [[20, 20]]);
    assert_eq!(listener.hear([-20, -33]), [[-27, -37]]);
    // The level does not fall, and the floor is 80 dB below it.
    assert_eq!(listener.hear([-120, -60]), [[8, 3]]);
    assert_eq!(listener.hear([-60, -60]), [[13, 0]]);
    assert_eq!(listener.end(), [[-80, -27], [-27, -27]]);
}

#[test]
fn a_voice_is_learnt_when_its_utterance_is_over() {
    let bands = one_step_a_decibel([0, 0]);
    let reference = Reference::Running(RUNNING);
    let mut listener = Listener::new(params(Normalisation::Decibel { bands: &bands, reference }));
    for frame in [[-20, -30], [-24, -30], [-70, -70], [-70, -70], [-70, -70], [-20, -40]] {
        listener.hear(frame);
    }
    assert_eq!(listener.voice(), Voice { deviations: [0, 0].into_iter().collect(), ..Voice::default() });
    // The third frame of the pause leaves, and the utterance is over. Relative to -30 dB the first band had 10 and 6
    // dB, 0 and -4 from the prior's 10: -4 / (2 + 2).
    assert_eq!(listener.hear([-20, -40]), [[-40, -40]]);
    assert_eq!(
        listener.voice(),
        Voice { heard: 2, deviations: [-128, 0].into_iter().collect(), ..Voice::default() }
    );
    // The next utterance is relative to that, and to its own level of -40 dB: 20 + 1 dB.
    assert_eq!(listener.hear([-20, -40]), [[21, 0]]);
    // Three frames of 20 dB, 10 from the prior's: (-1 * (2 + 2) + 30) / (2 + 2 + 3); no more than four are remembered.
    assert_eq!(listener.end(), [[21, 0], [21, 0]]);
    assert_eq!(
        listener.voice(),
        Voice { heard: 4, deviations: [475, 0].into_iter().collect(), ..Voice::default() }
    );
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
