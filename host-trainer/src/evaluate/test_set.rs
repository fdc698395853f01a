use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Calibration, Condition, Confusion, Prediction, Surroundings};
use crate::corpus::{Clip, Corpus};
use crate::progress;

/// Recordings to score a model on.
#[derive(Debug)]
pub struct TestSet {
    /// What is told apart.
    pub labels: Vec<String>,
    /// Samples per second.
    pub sample_rate: u32,
    /// The recordings.
    pub clips: Vec<TestClip>,
}

/// A recording as a model hears it, with the right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestClip {
    /// Where it comes from.
    pub source: Clip,
    /// The index of its label.
    pub class: usize,
    /// As many samples as the model's window has.
    pub window: Vec<i16>,
}

impl TestSet {
    /// Puts each recording under a condition.
    pub fn disturb(&mut self, condition: Condition, surroundings: &Surroundings<'_>) {
        self.clips.par_iter_mut().enumerate().for_each(|(number, clip)| {
            clip.window = condition.apply(&clip.window, number, surroundings);
        });
    }

    /// Where the recordings come from.
    #[must_use]
    pub fn sources(&self) -> Vec<Clip> {
        self.clips.iter().map(|clip| clip.source.clone()).collect()
    }

    /// What a classifier says of each clip, on all cores, with a progress bar.
    pub fn classify<T: Send>(&self, doing: &'static str, classify: impl Fn(&TestClip) -> T + Sync) -> Vec<T> {
        let bar = progress::bar(self.clips.len(), doing);
        let answers = self.clips.par_iter().map(|clip| {
            let answer = classify(clip);
            bar.inc(1);
            answer
        });
        let answers = answers.collect();
        bar.finish_and_clear();
        answers
    }

    /// The classes that were predicted against the right ones.
    #[must_use]
    pub fn confusion(&self, predicted: impl IntoIterator<Item = usize>) -> Confusion {
        let mut confusion = Confusion::new(&self.labels);
        for (clip, predicted) in self.clips.iter().zip(predicted) {
            confusion.add(clip.class, predicted);
        }
        confusion
    }

    /// The same for each corpus by itself.
    #[must_use]
    pub fn confusion_by_corpus(
        &self,
        predicted: impl IntoIterator<Item = usize>,
    ) -> BTreeMap<Corpus, Confusion> {
        let mut corpora = BTreeMap::new();
        for (clip, predicted) in self.clips.iter().zip(predicted) {
            let confusion =
                corpora.entry(clip.source.corpus.clone()).or_insert_with(|| Confusion::new(&self.labels));
            confusion.add(clip.class, predicted);
        }
        corpora
    }

    /// How far the confidence of predictions can be believed.
    #[must_use]
    pub fn calibration(&self, predictions: &[Prediction]) -> Calibration {
        Calibration::of(self.judged(predictions))
    }

    /// The confidence of each prediction, 0 to 1, and whether it is right.
    pub fn judged(&self, predictions: &[Prediction]) -> impl Iterator<Item = (f32, bool)> {
        let answers = self.clips.iter().zip(predictions);
        answers.map(|(clip, answer)| (answer.confidence, answer.class == clip.class))
    }
}
