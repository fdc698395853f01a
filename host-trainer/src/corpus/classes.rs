use clap::ValueEnum;
use engine::Emotion;
use serde::{Deserialize, Serialize};

/// Which emotions a model tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Classes {
    /// The six basic emotions; neutral and calm are left out.
    Six,
    /// The six and neutral, calm merged into neutral.
    #[default]
    Seven,
    /// Neutral and calm apart, as published RAVDESS results have them.
    Eight,
}

impl Classes {
    /// The labels, in the order of a model's scores.
    #[must_use]
    pub fn labels(self) -> &'static [Emotion] {
        use Emotion::{Angry, Calm, Disgust, Fearful, Happy, Neutral, Sad, Surprised};
        match self {
            Self::Six => &[Happy, Sad, Angry, Fearful, Disgust, Surprised],
            Self::Seven => &[Neutral, Happy, Sad, Angry, Fearful, Disgust, Surprised],
            Self::Eight => &[Neutral, Calm, Happy, Sad, Angry, Fearful, Disgust, Surprised],
        }
    }

    /// The index into [`labels`](Self::labels) under which an emotion counts, if it does.
    #[must_use]
    pub fn index(self, emotion: Emotion) -> Option<usize> {
        let counted = match (self, emotion) {
            (Self::Seven, Emotion::Calm) => Emotion::Neutral,
            _ => emotion,
        };
        self.labels().iter().position(|&label| label == counted)
    }
}
