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
    /// Of the clips with a label. What is learnt from says, as they do, which classes a corpus has.
    pub(crate) fn new(clips: &[TrainingClip], learnt: &[TrainingClip], hearing: &Hearing) -> Self {
        let length = hearing.front_end.window_samples as usize;
        let input =
            |clip: &TrainingClip| hearing.input(&audio::window(&clip.samples, length), &Voice::default());
        let labelled: Vec<&TrainingClip> = clips.iter().filter(|clip| clip.class.is_some()).collect();
        let cells = corpora_and_classes(clips);
        let own_classes = OwnClasses::new(cells.iter().cloned().chain(corpora_and_classes(learnt)));
        Self {
            inputs: labelled.into_par_iter().map(input).collect(),
            classes: cells.iter().map(|&(_, class)| class).collect(),
            corpora: cells.iter().map(|(corpus, _)| corpus.clone()).collect(),
            weights: balanced(&cells),
            own_classes,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    pub(crate) fn validate(&self, labels: &[String], network: &Network, weights: &Weights) -> Validation {
        self.validation(labels, &infer::logits(network, weights, &self.inputs))
    }

    fn validation(&self, labels: &[String], logits: &[Vec<f32>]) -> Validation {
        let logits = self.among_own_classes(logits);
        let judged = self.judged(&logits);
        let confusion = Confusion::of_logits(labels, &logits, &self.classes);
        Validation { loss: judged.loss(judged.temperature()), accuracy: confusion.wa(), ua: confusion.ua() }
    }

    /// The temperature at which a network's loss is lowest.
    pub(super) fn temperature(&self, network: &Network, weights: &Weights) -> f64 {
        self.judged(&self.among_own_classes(&infer::logits(network, weights, &self.inputs))).temperature()
    }

    fn among_own_classes(&self, logits: &[Vec<f32>]) -> Vec<Vec<f32>> {
        let alone = |(corpus, logits): (&Arc<str>, &Vec<f32>)| self.own_classes.alone(corpus, logits);
        self.corpora.iter().zip(logits).map(alone).collect()
    }

    fn judged<'a>(&'a self, logits: &'a [Vec<f32>]) -> Judged<'a> {
        Judged { logits, classes: &self.classes, weights: &self.weights }
    }
}

/// The corpus and class of each clip with a label.
fn corpora_and_classes(clips: &[TrainingClip]) -> Vec<(Arc<str>, usize)> {
    clips.iter().filter_map(|clip| Some((clip.corpus.clone(), clip.class?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two clips of a corpus of two classes; each is taken for a third, and of the two for the right one.
    #[test]
    fn a_class_that_a_corpus_lacks_is_no_answer_to_its_clips() {
        let [corpus, other]: [Arc<str>; 2] = ["two".into(), "three".into()];
        let mut judges = Judges {
            inputs: Vec::new(),
            classes: vec![0, 1],
            corpora: vec![corpus.clone(); 2],
            own_classes: OwnClasses::new([(corpus.clone(), 0), (corpus, 1), (other.clone(), 2)].into_iter()),
            weights: vec![0.5; 2],
        };
        let labels = ["calm", "sad", "surprised"].map(str::to_owned);
        let logits = [vec![2.0, 0.0, 9.0], vec![-1.0, 3.0, 9.0]];
        let validation = judges.validation(&labels, &logits);
        assert_eq!((validation.accuracy, validation.ua), (1.0, 1.0));
        assert!(validation.loss < 0.01, "{}", validation.loss);
        // As clips of a corpus that has the third they are wrong, and a coin would cost less.
        judges.corpora = vec![other.clone(); 2];
        judges.own_classes = OwnClasses::new((0..3).map(|class| (other.clone(), class)));
        let validation = judges.validation(&labels, &logits);
        assert_eq!((validation.accuracy, validation.ua), (0.0, 0.0));
        assert!(validation.loss > 2f64.ln(), "{}", validation.loss);
    }
}
