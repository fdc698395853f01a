use engine::Voice;
use engine::blob::{self, FrontEndParams, Normalisation};
use engine::front_end::STEPS_PER_DECIBEL;
use serde::{Deserialize, Serialize};

use super::{FrontEndSpec, InputScaling, Reference, log_mel, voices};

/// From a recording to a network's input: the front end, and what was fitted to the training clips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// From samples to frames, and what those are relative to.
    pub front_end: FrontEndSpec,
    /// From features to the network's input.
    pub scaling: InputScaling,
    /// What speech is like relative to its level, over all training clips: a value in 1/128 dB for each band. Empty
    /// without a running reference.
    pub prior: Vec<i16>,
}

impl Hearing {
    /// Fits to training clips, given as their [`log_mel`] frames; nothing is known of the voices.
    #[must_use]
    pub fn fit(front_end: FrontEndSpec, clips: &[Vec<i16>]) -> Self {
        let unfitted = Self { front_end, scaling: InputScaling::NONE, prior: Vec::new() };
        let features: Vec<Vec<f32>> =
            clips.iter().map(|frames| unfitted.refer(frames, &Voice::default())).collect();
        let prior = match front_end.reference {
            Reference::Running(_) => unfitted.mean_of_speech(clips),
            Reference::WindowMaximum | Reference::Power { .. } => Vec::new(),
        };
        Self { front_end, scaling: InputScaling::fit(&front_end, &features), prior }
    }

    /// The network's input for a window of `front_end.window_samples` samples of a voice.
    #[must_use]
    pub fn input(&self, window: &[i16], voice: &Voice) -> Vec<f32> {
        self.scaling.apply(&self.refer(&log_mel(window, &self.front_end), voice))
    }

    /// What [`log_mel`] frames of a recording are relative to the reference, in dB, or power, as the device hears them
    /// from a voice; frames by bands.
    #[must_use]
    pub fn refer(&self, frames: &[i16], voice: &Voice) -> Vec<f32> {
        let decibel = |steps: i32| steps as f32 / f32::from(STEPS_PER_DECIBEL);
        let feature = |steps| match self.front_end.reference {
            Reference::Power { root } => 10f32.powf(decibel(steps) / (10.0 * f32::from(root.get()))),
            Reference::WindowMaximum | Reference::Running(_) => decibel(steps),
        };
        let mut features = Vec::with_capacity(frames.len());
        self.listen(frames, voice, |row| features.extend(row.map(feature)));
        features
    }

    /// What is learnt of a voice from the frames of a recording alone.
    #[must_use]
    pub fn learn(&self, frames: &[i16]) -> Voice {
        self.listen(frames, &Voice::default(), |_| ())
    }

    /// The voice that is known once all of these, each learnt alone, have been heard one after the other.
    #[must_use]
    pub fn together<'v>(&self, heard: impl Iterator<Item = &'v Voice>) -> Voice {
        voices::together(&self.params(&[], &self.prior_bytes()), heard)
    }

    /// Lets the engine hear a recording from a voice: each row of features in 1/128 dB, and the voice afterwards.
    fn listen(
        &self,
        frames: &[i16],
        voice: &Voice,
        on_row: impl FnMut(&mut dyn Iterator<Item = i32>),
    ) -> Voice {
        voices::listen(&self.params(&[], &self.prior_bytes()), frames, voice, on_row)
    }

    /// The parameters as a blob carries them, with the bands' maps.
    #[must_use]
    pub fn params<'a>(&self, bands: &'a [u8], prior: &'a [u8]) -> FrontEndParams<'a> {
        let decibel = |reference| Normalisation::Decibel { bands, reference };
        self.front_end.params(match self.front_end.reference {
            Reference::WindowMaximum => decibel(blob::Reference::WindowMaximum),
            Reference::Running(running) => decibel(blob::Reference::Running(running.params(prior))),
            Reference::Power { root } => Normalisation::Power { gain: 1.0, root, offset: 0.0 },
        })
    }

    /// The prior as a blob carries it. Before it is fitted it is 0 everywhere.
    #[must_use]
    pub fn prior_bytes(&self) -> Vec<u8> {
        let bands = usize::from(self.front_end.mel_bands);
        let values = self.prior.iter().copied().chain(std::iter::repeat(0)).take(bands);
        values.flat_map(i16::to_le_bytes).collect()
    }

    /// The mean of each band over the speech of all clips, relative to its level, in 1/128 dB.
    fn mean_of_speech(&self, clips: &[Vec<i16>]) -> Vec<i16> {
        let Reference::Running(running) = self.front_end.reference else { return Vec::new() };
        let mut sums = vec![0.0; self.front_end.mel_bands.into()];
        let mut frames = 0.0;
        // A voice that is learnt alone, from a prior of 0, is the clip's sum over its frames and the prior's weight.
        for voice in clips.iter().map(|frames| self.learn(frames)) {
            let weight = f64::from(running.prior_weight) + f64::from(voice.heard);
            sums.iter_mut().zip(&voice.deviations).for_each(|(sum, &mean)| *sum += f64::from(mean) * weight);
            frames += f64::from(voice.heard);
        }
        sums.into_iter().map(|sum| (sum / f64::max(frames, 1.0)).round() as i16).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MelScale, Running};
    use super::*;

    fn hearing(reference: Reference, prior: &[i16]) -> Hearing {
        let front_end = FrontEndSpec {
            sample_rate: 22_050,
            fft_length: 512,
            hop_length: 256,
            mel_bands: 2,
            mel_scale: MelScale::Slaney,
            window_samples: 256 * 3,
            reference,
        };
        Hearing { front_end, scaling: InputScaling::NONE, prior: prior.to_vec() }
    }

    /// The loudness is the second band's, the level what it has reached a frame later.
    const RUNNING: Running = Running {
        loudness_bands: [1, 2],
        lasting: 1,
        quietest: -50,
        held: 2,
        speech_below: 20,
        pause: 40,
        prior_weight: 2,
        memory: 10,
        muted_bands: 0,
    };

    fn steps(decibels: &[i16]) -> Vec<i16> {
        decibels.iter().map(|decibel| 128 * decibel).collect()
    }

    #[test]
    fn the_window_s_maximum_is_0_and_the_floor_80_db_below() {
        let hearing = hearing(Reference::WindowMaximum, &[]);
        // -10, -13.5, -40 and -95 dB; the window has four frames.
        let frames = [-1280, -1728, -5120, -12_160, -1280, -1280, -1280, -1280];
        let found = hearing.refer(&frames, &Voice::default());
        assert_eq!(found, [0.0, -3.5, -30.0, -80.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn power_is_a_tenth_each_10_db() {
        let found = of_power(1, &[0, -1280, 2560, 385]);
        for (found, expected) in found.into_iter().zip([1.0, 0.1, 100.0, 1.998_85]) {
            assert!((found / expected - 1.0f32).abs() < 1e-5, "{found} {expected}");
        }
    }

    #[test]
    fn a_fourth_root_of_power_is_a_tenth_each_40_db() {
        let found = of_power(4, &[0, -5120, 5120]);
        for (found, expected) in found.into_iter().zip([1.0, 0.1, 10.0]) {
            assert!((found / expected - 1.0f32).abs() < 1e-5, "{found} {expected}");
        }
    }

    fn of_power(root: u8, steps: &[i16]) -> Vec<f32> {
        hearing(Reference::Power { root: root.try_into().unwrap() }, &[]).refer(steps, &Voice::default())
    }

    #[test]
    fn a_running_reference_takes_the_level_and_the_voice_away() {
        let hearing = hearing(Reference::Running(RUNNING), &[]);
        let frames = steps(&[-70, -60, -30, -40, -25, -30]);
        // Levels of -40, -30 and -30 dB.
        assert_eq!(hearing.refer(&frames, &Voice::default()), [-30.0, -20.0, 0.0, -10.0, 5.0, 0.0]);
        let known = Voice { heard: 5, deviations: [128, -256].into_iter().collect(), ..Voice::default() };
        assert_eq!(hearing.refer(&frames, &known), [-31.0, -18.0, -1.0, -8.0, 4.0, 2.0]);
    }

    #[test]
    fn clips_heard_together_are_clips_heard_one_after_the_other() {
        let hearing = hearing(Reference::Running(RUNNING), &[256, -64]);
        let clips =
            [[-20, -30, -35, -31], [-45, -50, -11, -10], [-30, -33, -20, -21]].map(|clip| steps(&clip));
        let alone = clips.each_ref().map(|clip| hearing.learn(clip));
        let mut known = Voice::default();
        for clip in &clips {
            known = hearing.listen(clip, &known, |_| ());
        }
        let together = hearing.together(alone.iter());
        assert_eq!(together.heard, known.heard);
        for (a, b) in together.deviations.iter().zip(&known.deviations) {
            assert!((a - b).abs() <= 3, "{together:?} {known:?}");
        }
    }

    #[test]
    fn the_prior_is_the_mean_of_speech() {
        let front_end = hearing(Reference::Running(RUNNING), &[]).front_end;
        // All four frames are speech: 10 and 0, -5 and 0; then 4 and 0, 2 and 0.
        let clips = [steps(&[-20, -30, -35, -30]), steps(&[-16, -20, -18, -20])];
        let Hearing { prior, .. } = Hearing::fit(front_end, &clips);
        assert!((prior[0] - 128 * 11 / 4).abs() <= 2, "{prior:?}");
        assert_eq!(prior[1], 0);
    }
}
