use serde::{Deserialize, Serialize};

use super::{FrontEndSpec, InputScaling, Voice, log_mel};

/// From a recording to a network's input: the front end, and what was fitted to the training clips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hearing {
    /// From samples to frames, and what those are relative to.
    pub front_end: FrontEndSpec,
    /// From features to the network's input.
    pub scaling: InputScaling,
}

impl Hearing {
    /// Fits to training clips, given as their [`log_mel`] frames; nothing is known of the voices.
    #[must_use]
    pub fn fit(front_end: FrontEndSpec, clips: &[Vec<i16>]) -> Self {
        let refer = |frames: &Vec<i16>| front_end.reference.refer(frames, &Voice::default());
        let features: Vec<Vec<f32>> = clips.iter().map(refer).collect();
        Self { front_end, scaling: InputScaling::fit(&front_end, &features) }
    }

    /// The network's input for a window of `front_end.window_samples` samples of a voice.
    #[must_use]
    pub fn input(&self, window: &[i16], voice: &Voice) -> Vec<f32> {
        self.scaling.apply(&self.front_end.reference.refer(&log_mel(window, &self.front_end), voice))
    }
}
