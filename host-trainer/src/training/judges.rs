use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::temperature::Judged;
use super::{TrainingClip, balanced};
use crate::audio;
use crate::evaluate::{Confusion, OwnClasses};
use crate::features::{Hearing, Voice};
use crate::network::{Network, Weights, infer};

/// What a network came to on validation clips, each judged among the classes that its corpus has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Mean cross-entropy at the temperature at which it is lowest, in nats; all corpora count the same, and within a
    /// corpus all classes.
    pub loss: f64,
    /// The share of clips that was right, 0 to 1.
    pub accuracy: f64,
    /// The mean of the class recalls, 0 to 1.
    pub ua: f64,
}

/// Validation clips as a network takes them, of voices that are not known.
#[derive(Debug)]
pub(crate) struct Judges {
    inputs: Vec<Vec<f32>>,
    classes: Vec<usize>,
    /// By clip.
    corpora: Vec<Arc<str>>,
    own_classes: OwnClasses<Arc<str>>,
    /// How much each counts.
    weights: Vec<f64>,
}

impl Judges {
    pub(crate) fn new(clips: &[TrainingClip], hearing: &Hearing) -> Self {
        let length = hearing.front_end.window_samples as usize;
        let input =
            |clip: &TrainingClip| hearing.input(&audio::window(&clip.samples, length), &Voice::default());
        let labelled = || clips.iter().filter_map(|clip| Some((clip, clip.class?)));
        let cell = |(clip, class): (&TrainingClip, usize)| (clip.corpus.clone(), class);
        let cells: Vec<_> = labelled().map(cell).collect();
        Self {
            inputs: labelled().map(|(clip, _)| clip).collect::<Vec<_>>().into_par_iter().map(input).collect(),
            classes: cells.iter().map(|&(_, class)| class).collect(),
            corpora: cells.iter().map(|(corpus, _)| corpus.clone()).collect(),
            weights: balanced(&cells),
            own_classes: OwnClasses::new(cells.into_iter()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    pub(crate) fn validate(&self, labels: &[String], network: &Network, weights: &Weights) -> Validation {
        let logits = infer::logits(network, weights, &self.inputs);
        let alone = |(corpus, logits): (&Arc<str>, &Vec<f32>)| self.own_classes.alone(corpus, logits);
        let logits: Vec<Vec<f32>> = self.corpora.iter().zip(&logits).map(alone).collect();
        let judged = self.judged(&logits);
        let confusion = Confusion::of_logits(labels, &logits, &self.classes);
        Validation { loss: judged.loss(judged.temperature()), accuracy: confusion.wa(), ua: confusion.ua() }
    }

    /// The temperature at which a network's loss is lowest over all classes, as a device says them.
    pub(super) fn temperature(&self, network: &Network, weights: &Weights) -> f64 {
        self.judged(&infer::logits(network, weights, &self.inputs)).temperature()
    }

    fn judged<'a>(&'a self, logits: &'a [Vec<f32>]) -> Judged<'a> {
        Judged { logits, classes: &self.classes, weights: &self.weights }
    }
}
