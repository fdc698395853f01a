use std::path::Path;

use anyhow::Context;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Adapted, Both, Scores};
use crate::corpus::Sex;
use crate::evaluate::{Confusion, Example, Examples, Scorer, float_class};
use crate::files;
use crate::network::FloatModel;

/// What one training came to on its fold's test clips; `metrics.json` in its folder, written last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Counted from 1.
    pub(crate) fold: usize,
    pub(crate) seed: u64,
    pub(crate) scores: Both<Scores>,
    /// Of the blob once it has heard some of the speaker; None in files from before that was scored.
    #[serde(default)]
    pub(crate) adapted: Option<Vec<Adapted>>,
    pub(crate) answers: Vec<Answer>,
}

/// What a model says of a clip. Classes are indices of the labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) speaker: String,
    pub(crate) sex: Option<Sex>,
    /// The right class.
    pub(crate) truth: usize,
    pub(crate) said: Both<usize>,
    /// The probability that the blob gives to its answer, 0 to 1.
    pub(crate) confidence: f32,
}

impl Answer {
    /// The blob's confidence, and whether it was right.
    pub(super) fn judged(&self) -> (f32, bool) {
        (self.confidence, self.said.int8 == self.truth)
    }
}

impl Outcome {
    /// Asks a model, and the blob that was made from it, about voices that it does not know.
    ///
    /// # Errors
    /// The engine refuses the blob.
    pub(super) fn new(
        (fold, seed): (usize, u64),
        model: &FloatModel,
        blob: &[u8],
        test: &Examples,
    ) -> anyhow::Result<Self> {
        let scorer = Scorer::new(blob)?;
        let answer = |example: &Example| {
            let int8 = scorer.classify(&example.window);
            Answer {
                speaker: example.clip.speaker.clone(),
                sex: example.clip.sex,
                truth: example.class,
                said: Both { float: float_class(model, &example.window), int8: int8.class },
                confidence: int8.confidence,
            }
        };
        let answers: Vec<Answer> = test.examples.par_iter().map(answer).collect();
        let scores = confusions(&model.labels, &answers).map(Scores::of);
        Ok(Self { fold, seed, scores, adapted: None, answers })
    }

    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}; delete it to train that fold anew", path.display());
        let bytes = std::fs::read(path).with_context(failed)?;
        serde_json::from_slice(&bytes).with_context(failed)
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        files::write_whole(path, &serde_json::to_vec(self)?)
    }
}

/// The answers by true and by said class.
pub(super) fn confusions<'a>(
    labels: &[String],
    answers: impl IntoIterator<Item = &'a Answer>,
) -> Both<Confusion> {
    let mut confusions = Both { float: Confusion::new(labels), int8: Confusion::new(labels) };
    for Answer { truth, said, .. } in answers {
        confusions.float.add(*truth, said.float);
        confusions.int8.add(*truth, said.int8);
    }
    confusions
}
