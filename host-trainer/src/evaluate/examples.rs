use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{Confusion, Disturbance};
use crate::augment::Noises;
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
    /// Adds noise to each recording, so many dB below its speech and of the kinds that training adds: white, or pink
    /// noise, babble of the recordings themselves, mains hum. It is the same each time.
    pub fn add_noise(&mut self, signal_to_noise: f64) {
        let voices: Vec<Vec<i16>> = self.examples.iter().map(|example| example.window.clone()).collect();
        let noises = Noises {
            recordings: Vec::new(),
            voices: voices.iter().map(|voice| &voice[..]).collect(),
            sample_rate: self.sample_rate,
        };
        self.examples.par_iter_mut().enumerate().for_each(|(index, example)| {
            let mut rng = ChaCha8Rng::seed_from_u64(index as u64);
            noises.add_at(&mut example.window, signal_to_noise, &mut rng);
        });
    }

    /// Disturbs each recording in the same way.
    pub fn disturb(&mut self, disturbance: Disturbance) {
        let sample_rate = self.sample_rate;
        self.examples.iter_mut().for_each(|example| disturbance.add(&mut example.window, sample_rate));
    }

    /// Where the recordings come from.
    #[must_use]
    pub fn clips(&self) -> Vec<Clip> {
        self.examples.iter().map(|example| example.clip.clone()).collect()
    }

    /// What a classifier says of each example, on all cores, with a progress bar.
    pub fn classify(&self, doing: &'static str, classify: impl Fn(&Example) -> usize + Sync) -> Vec<usize> {
        let bar = progress::bar(self.examples.len(), doing);
        let classes = self.examples.par_iter().map(|example| {
            let class = classify(example);
            bar.inc(1);
            class
        });
        let classes = classes.collect();
        bar.finish_and_clear();
        classes
    }

    /// The classes that were predicted against the right ones.
    #[must_use]
    pub fn confusion(&self, predicted: &[usize]) -> Confusion {
        let mut confusion = Confusion::new(&self.labels);
        for (example, &predicted) in self.examples.iter().zip(predicted) {
            confusion.add(example.class, predicted);
        }
        confusion
    }

    /// The same for each corpus by itself.
    #[must_use]
    pub fn confusion_by_corpus(&self, predicted: &[usize]) -> BTreeMap<Corpus, Confusion> {
        let mut corpora = BTreeMap::new();
        for (example, &predicted) in self.examples.iter().zip(predicted) {
            let confusion =
                corpora.entry(example.clip.corpus.clone()).or_insert_with(|| Confusion::new(&self.labels));
            confusion.add(example.class, predicted);
        }
        corpora
    }
}
