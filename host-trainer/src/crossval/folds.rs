use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::cut::Cut;
use crate::corpus::{Classes, Clip, Corpus, by_test_speakers};
use crate::json_text;

/// Who is tested on in which fold, as a file has it:
/// `{"corpus":"ravdess","classes":"eight","folds":[["01","11"],["04","10"]]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Folds {
    /// The corpus whose speakers the folds name.
    pub(crate) corpus: Corpus,
    /// The classes to tell apart, if the file has a say in them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) classes: Option<Classes>,
    /// The test speakers of each fold.
    pub(crate) folds: Vec<Vec<String>>,
}

impl Folds {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// Names the file and what is wrong with it: not such JSON, fewer than two folds, a fold without speakers,
    /// or a speaker who comes twice.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use the folds in {}", path.display());
        Self::parse(std::fs::read(path).with_context(failed)?).with_context(failed)
    }

    pub(super) fn parse(json: impl AsRef<[u8]>) -> anyhow::Result<Self> {
        let folds: Self = json_text::parse(json).context(
            "expected {\"corpus\":\"ravdess\",\"classes\":\"eight\",\"folds\":[[\"01\",\"11\"],[\"04\",\"10\"]]}",
        )?;
        ensure!(folds.folds.len() >= 2, "it has fewer than two folds");
        let mut found = BTreeMap::new();
        for (number, speakers) in (1..).zip(&folds.folds) {
            ensure!(!speakers.is_empty(), "fold {number} has no speakers");
            for speaker in speakers {
                if let Some(earlier) = found.insert(speaker, number) {
                    anyhow::bail!("speaker {speaker} is in fold {earlier} and again in fold {number}");
                }
            }
        }
        Ok(folds)
    }

    /// Cuts recordings: each fold's speakers are for testing, all other clips for training.
    ///
    /// # Errors
    /// Names the fold that has a speaker without clips, or leaves too little to learn from.
    pub(crate) fn cut(&self, clips: &[Clip], classes: &Classes) -> anyhow::Result<Vec<Cut>> {
        let cut = |(number, speakers): (usize, &Vec<String>)| {
            let parts = by_test_speakers(clips, classes, Some(&self.corpus), speakers)
                .with_context(|| format!("cannot make fold {number}"))?;
            Ok(Cut { name: number.to_string(), speakers: speakers.clone(), parts })
        };
        (1..).zip(&self.folds).map(cut).collect()
    }
}
