use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{Calibration, Condition, Confusion, OwnClasses, Prediction, Surroundings, largest};
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

    /// The likeliest class of each prediction among those that clips of the same corpus have.
    #[must_use]
    pub fn among_its_classes(&self, predictions: &[Prediction]) -> Vec<usize> {
        let own = OwnClasses::new(self.clips.iter().map(|clip| (&clip.source.corpus, clip.class)));
        let likeliest = |(clip, prediction): (&TestClip, &Prediction)| {
            let scores: Vec<f32> = prediction.scores.iter().copied().map(f32::from).collect();
            largest(&own.alone(&&clip.source.corpus, &scores))
        };
        self.clips.iter().zip(predictions).map(likeliest).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn clip(corpus: &str, class: usize) -> TestClip {
        let source = Clip {
            path: "a.wav".into(),
            corpus: Corpus::new(corpus),
            speaker: "anna".to_owned(),
            label: String::new(),
            sex: None,
        };
        TestClip { source, class, window: Vec::new() }
    }

    fn prediction(scores: [i8; 3]) -> Prediction {
        let (class, emotion, confidence) = (0, String::new(), 0.0);
        Prediction { class, emotion, confidence, probabilities: Vec::new(), scores: scores.to_vec() }
    }

    #[test]
    fn a_class_that_a_corpus_lacks_is_no_answer_to_its_clips() {
        let clips = vec![clip("x", 0), clip("x", 2), clip("y", 0), clip("y", 1), clip("x", 2)];
        let test = TestSet { labels: ["a", "b", "c"].map(str::to_owned).to_vec(), sample_rate: 1, clips };
        let scores = [[-3, 9, -5], [0, 9, 1], [0, 1, 9], [-9, -8, 9], [4, 9, 4]];
        // Of two that are as likely the first, as everywhere.
        assert_eq!(test.among_its_classes(&scores.map(prediction)), [0, 2, 1, 1, 0]);
    }
}
