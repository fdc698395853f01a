use serde::{Deserialize, Serialize};

use super::{Network, Weights};
use crate::features::Hearing;

/// A trained network with all that is needed to run it on samples: what training yields and
/// quantisation starts from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FloatModel {
    /// The preset's name.
    pub name: String,
    /// What the outputs stand for, in order.
    pub labels: Vec<String>,
    /// From samples to the network's input.
    pub hearing: Hearing,
    /// The layers.
    pub network: Network,
    /// What training found.
    pub weights: Weights,
    /// Divides the logits before the softmax, so that confidence is calibrated; fitted on validation clips.
    pub temperature: f32,
}
