use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Calibration, Condition, Confusion, Prediction, Surroundings};
use crate::corpus::{Clip, Corpus};
use crate::progress;

/// Recordings to score a model on.
#[derive(Debug)]
pub struct Examples {
    /// What is told apart.
    pub labels: Vec<String>,
    /// Samples per second.
    pub sample_rate: u32,
    /// The recordings.
    pub examples: Vec<Example>,
}

/// A recording as a model hears it, with the right answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Where it comes from.
    pub clip: Clip,
    /// The index of its label.
    pub class: usize,
    /// As many samples as the model's window has.
    pub window: Vec<i16>,
}

impl Examples {
    /// Puts each recording under a condition.
    pub fn disturb(&mut self, condition: Condition, surroundings: &Surroundings<'_>) {
        self.examples.par_iter_mut().enumerate().for_each(|(number, example)| {
            example.window = condition.apply(&example.window, number, surroundings);
        });
    }

    /// Where the recordings come from.
    #[must_use]
    pub fn clips(&self) -> Vec<Clip> {
        self.examples.iter().map(|example| example.clip.clone()).collect()
    }

    /// What a classifier says of each example, on all cores, with a progress bar.
    pub fn classify<T: Send>(&self, doing: &'static str, classify: impl Fn(&Example) -> T + Sync) -> Vec<T> {
        let bar = progress::bar(self.examples.len(), doing);
        let answers = self.examples.par_iter().map(|example| {
            let answer = classify(example);
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
        for (example, predicted) in self.examples.iter().zip(predicted) {
            confusion.add(example.class, predicted);
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
        for (example, predicted) in self.examples.iter().zip(predicted) {
            let confusion =
                corpora.entry(example.clip.corpus.clone()).or_insert_with(|| Confusion::new(&self.labels));
            confusion.add(example.class, predicted);
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
        let answers = self.examples.iter().zip(predictions);
        answers.map(|(example, answer)| (answer.confidence, answer.class == example.class))
    }
}
