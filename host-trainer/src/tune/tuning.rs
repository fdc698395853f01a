use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::halving::best_first;
use super::trial::{Score, Trial};
use crate::corpus::{Classes, Clip};
use crate::json_text;

/// What all trials share.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct SearchFacts {
    /// The name of the preset that the search starts from.
    pub(crate) preset: String,
    pub(crate) classes: Classes,
    pub(crate) seed: u64,
    /// Whether the clips are of the built-in corpus.
    pub(crate) demonstration: bool,
    /// Epochs of each rung.
    pub(crate) rungs: Vec<usize>,
    pub(crate) train: Speakers,
    pub(crate) validation: Speakers,
}

/// Who speaks in a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Speakers {
    pub(crate) clips: usize,
    pub(crate) speakers: BTreeSet<String>,
}

impl Speakers {
    pub(crate) fn of(clips: &[Clip]) -> Self {
        Self { clips: clips.len(), speakers: clips.iter().map(|clip| clip.speaker.clone()).collect() }
    }

    pub(crate) fn names(&self) -> String {
        self.speakers.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A search so far; serialises to `trials.json`, from which it goes on.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Tuning {
    #[serde(flatten)]
    pub(crate) facts: SearchFacts,
    /// Best first.
    pub(crate) trials: Vec<Trial>,
}

impl Tuning {
    /// Puts trials that were scored in order.
    pub(super) fn new(facts: SearchFacts, trials: &BTreeMap<usize, Trial>) -> Self {
        let mut trials: Vec<Trial> =
            trials.values().filter(|trial| !trial.scores.is_empty()).cloned().collect();
        trials.sort_by(best_first);
        Self { facts, trials }
    }

    /// The trials in a file, if it is there.
    ///
    /// # Errors
    /// Names the file that can't be read.
    pub(super) fn read_trials(path: &Path) -> anyhow::Result<BTreeMap<usize, Trial>> {
        #[derive(Deserialize)]
        struct StoredTrials {
            trials: Vec<Trial>,
        }
        if !path.exists() {
            return Ok(BTreeMap::new());
        }
        let failed = || format!("cannot go on from {}; choose another --out", path.display());
        let bytes = std::fs::read(path).with_context(failed)?;
        let stored: StoredTrials = json_text::parse(bytes).with_context(failed)?;
        Ok(stored.trials.into_iter().map(|trial| (trial.number, trial)).collect())
    }

    /// The best trial of those that did not diverge, if there is one.
    pub(crate) fn best(&self) -> Option<(&Trial, Score)> {
        self.trials.iter().find_map(|trial| Some((trial, trial.latest()?)))
    }
}
