use engine::Emotion;
use serde::{Deserialize, Serialize};

use super::{Network, Weights};
use crate::features::{self, FrontEndSpec, InputScaling};

/// A trained network with all that is needed to run it on samples: what training yields and
/// quantisation starts from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FloatModel {
    /// The preset's name.
    pub name: String,
    /// What the outputs stand for, in order.
    pub labels: Vec<Emotion>,
    /// From samples to features.
    pub front_end: FrontEndSpec,
    /// From features to the network's input.
    pub scaling: InputScaling,
    /// The layers.
    pub network: Network,
    /// What training found.
    pub weights: Weights,
    /// Divides the logits before the softmax, so that confidence is calibrated; fitted on validation clips.
    pub temperature: f32,
}

impl FloatModel {
    /// The network's input for a window of `front_end.window_samples` samples.
    #[must_use]
    pub fn input(&self, window: &[i16]) -> Vec<f32> {
        self.scaling.apply(&features::raw(window, &self.front_end))
    }
}
