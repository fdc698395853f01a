use crate::{Emotion, Model};

/// What a model made of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Classification<'c> {
    labels: &'c [Emotion],
    scores: &'c [i8],
    probabilities: &'c [i8],
}

impl<'c> Classification<'c> {
    /// What the last run left in the scratch memory.
    pub(crate) fn read(model: &'c Model<'_>, scratch: &'c [i8]) -> Self {
        Self {
            labels: model.labels(),
            scores: model.scores(scratch),
            probabilities: model.probabilities(scratch),
        }
    }

    /// The likeliest emotion; of equals, the first.
    #[must_use]
    pub fn emotion(&self) -> Emotion {
        self.best().map_or(Emotion::Neutral, |(emotion, _)| emotion)
    }

    /// The probability of [`emotion`](Self::emotion), 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.best().map_or(0.0, |(_, probability)| probability)
    }

    /// Every label with its probability, in the model's order, in steps of 1/256.
    pub fn probabilities(&self) -> impl Iterator<Item = (Emotion, f32)> + use<'c> {
        let probabilities = self.probabilities.iter().map(|&q| (f32::from(q) + 128.0) / 256.0);
        self.labels.iter().copied().zip(probabilities)
    }

    /// The int8 logits, in the order of the labels.
    #[must_use]
    pub fn scores(&self) -> &'c [i8] {
        self.scores
    }

    fn best(&self) -> Option<(Emotion, f32)> {
        let ranked = self.probabilities().zip(self.scores);
        // Scores decide: probabilities may round to the same value.
        let best = ranked.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(labelled, _)| labelled)
    }
}
