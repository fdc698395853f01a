use serde::{Deserialize, Serialize};

/// The emotions of SAVEE, RAVDESS and CREMA-D: what the labels of a model that tells emotions apart name.
/// ```
/// use prosodia::Emotion;
///
/// let names: Vec<String> = Emotion::ALL.iter().map(Emotion::to_string).collect();
/// assert_eq!(names[4], "angry");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Emotion {
    /// No emotion expressed.
    Neutral,
    /// Relaxed; only RAVDESS keeps it apart from neutral.
    Calm,
    /// Happiness, joy.
    Happy,
    /// Sadness.
    Sad,
    /// Anger.
    Angry,
    /// Fear, anxiety.
    Fearful,
    /// Disgust.
    Disgust,
    /// Surprise; CREMA-D has none.
    Surprised,
}

impl Emotion {
    /// Every emotion, in declaration order.
    pub const ALL: &'static [Self] = &[
        Self::Neutral,
        Self::Calm,
        Self::Happy,
        Self::Sad,
        Self::Angry,
        Self::Fearful,
        Self::Disgust,
        Self::Surprised,
    ];

    /// The lower-case English name.
    ///
    /// ```
    /// assert_eq!(prosodia::Emotion::Fearful.label(), "fearful");
    /// ```
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Calm => "calm",
            Self::Happy => "happy",
            Self::Sad => "sad",
            Self::Angry => "angry",
            Self::Fearful => "fearful",
            Self::Disgust => "disgust",
            Self::Surprised => "surprised",
        }
    }

    /// The emotion whose [`label`](Self::label) this is.
    ///
    /// ```
    /// use prosodia::Emotion;
    /// assert_eq!(Emotion::from_label("sad"), Some(Emotion::Sad));
    /// assert_eq!(Emotion::from_label("bored"), None);
    /// ```
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|emotion| emotion.label() == label)
    }
}

impl core::fmt::Display for Emotion {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.label())
    }
}
