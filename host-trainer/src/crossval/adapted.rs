use serde::{Deserialize, Serialize};

use crate::corpus::Clip;
use crate::evaluate::{Scorer, Scores, TestSet, Voices};
use crate::features::knows_voices;

/// Seconds of the same speaker that are heard before a clip.
const SECONDS: [u32; 3] = [15, 60, 180];

/// How well a blob does once it has heard some seconds of the same speaker, whose labels play no part.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "Figures", into = "Figures")]
pub(crate) struct Adapted {
    pub(crate) seconds: u32,
    pub(crate) scores: Scores,
}

/// The same side by side, as JSON has it. (`serde(flatten)` cannot read floats back where some crate of the build turns
/// on serde_json's arbitrary precision.)
#[derive(Serialize, Deserialize)]
struct Figures {
    seconds: u32,
    wa: f64,
    ua: f64,
}

impl From<Figures> for Adapted {
    fn from(Figures { seconds, wa, ua }: Figures) -> Self {
        Self { seconds, scores: Scores { wa, ua } }
    }
}

impl From<Adapted> for Figures {
    fn from(Adapted { seconds, scores: Scores { wa, ua } }: Adapted) -> Self {
        Self { seconds, wa, ua }
    }
}

impl Adapted {
    /// Asks a blob of a fold about its test clips; `recordings` are the whole ones. Nothing for a blob that learns no
    /// voices.
    ///
    /// # Errors
    /// The engine refuses the blob.
    pub(super) fn score<'r>(
        fold: usize,
        blob: &[u8],
        test: &TestSet,
        recordings: impl Iterator<Item = (Clip, &'r [i16])>,
    ) -> anyhow::Result<Vec<Self>> {
        let scorer = Scorer::new(blob)?;
        if !knows_voices(scorer.model().front_end()) {
            return Ok(Vec::new());
        }
        let voices = Voices::new(scorer.model(), recordings);
        let predictions = scorer.classify_after(test, &voices, SECONDS, fold as u64);
        let scores = |place: usize| {
            Scores::of(&test.confusion(predictions.iter().map(|prediction| prediction[place].class)))
        };
        Ok(SECONDS
            .into_iter()
            .enumerate()
            .map(|(place, seconds)| Self { seconds, scores: scores(place) })
            .collect())
    }

    /// The mean of each figure; nothing unless all have been scored after the same seconds.
    pub(super) fn mean(all: &[&[Self]]) -> Vec<Self> {
        let seconds = |list: &[Self]| list.iter().map(|adapted| adapted.seconds).collect::<Vec<_>>();
        let first = all.first().map_or(Vec::new(), |list| seconds(list));
        if !all.iter().all(|list| seconds(list) == first) {
            return Vec::new();
        }
        let mean = |(index, seconds): (usize, u32)| {
            let scores: Vec<Scores> = all.iter().map(|list| list[index].scores).collect();
            Self { seconds, scores: Scores::mean(&scores) }
        };
        first.into_iter().enumerate().map(mean).collect()
    }
}
