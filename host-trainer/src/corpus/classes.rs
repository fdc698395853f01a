use anyhow::ensure;
use clap::ValueEnum;
use engine::Emotion;
use engine::blob::{MAX_LABEL_BYTES, MAX_LABELS};
use serde::{Deserialize, Serialize};

/// A set of emotions that is told apart under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClassSet {
    /// The six basic emotions; neutral and calm are left out.
    Six,
    /// The six and neutral, calm merged into neutral.
    #[default]
    Seven,
    /// Neutral and calm apart, as published RAVDESS results have them.
    Eight,
}

impl ClassSet {
    const ALL: [Self; 3] = [Self::Six, Self::Seven, Self::Eight];

    fn emotions(self) -> &'static [Emotion] {
        use Emotion::{Angry, Calm, Disgust, Fearful, Happy, Neutral, Sad, Surprised};
        match self {
            Self::Six => &[Happy, Sad, Angry, Fearful, Disgust, Surprised],
            Self::Seven => &[Neutral, Happy, Sad, Angry, Fearful, Disgust, Surprised],
            Self::Eight => &[Neutral, Calm, Happy, Sad, Angry, Fearful, Disgust, Surprised],
        }
    }
}

/// The labels that a model tells apart, in the order of its scores. In JSON the name of a [`ClassSet`] where it is
/// one, a list of labels otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Classes {
    labels: Vec<String>,
}

/// Classes as JSON has them.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "expected six, seven, eight or a list of labels")]
enum Written {
    Set(ClassSet),
    Labels(Vec<String>),
}

impl Classes {
    /// Tells these labels apart.
    ///
    /// ```
    /// use host_trainer::corpus::Classes;
    ///
    /// let classes = Classes::new(["stressed", "calm"]).unwrap();
    /// assert_eq!(classes.index("calm"), Some(1));
    /// assert!(Classes::new(["calm"]).is_err());
    /// ```
    ///
    /// # Errors
    /// Fewer than 2 or more than 32 labels, one that comes twice, or one that a blob can't hold: it is empty, longer
    /// than 24 bytes, or has a character that can't be printed.
    pub fn new(labels: impl IntoIterator<Item: Into<String>>) -> anyhow::Result<Self> {
        let labels: Vec<String> = labels.into_iter().map(Into::into).collect();
        let shown = || labels.join(", ");
        ensure!(
            labels.len() >= 2,
            "a model tells at least 2 labels apart, and there are {}: {}",
            labels.len(),
            shown()
        );
        ensure!(
            labels.len() <= MAX_LABELS,
            "a model tells at most {MAX_LABELS} labels apart, and there are {}; merge some by --labels: {}",
            labels.len(),
            shown()
        );
        ensure_labels(&labels)?;
        Ok(Self { labels })
    }

    /// What to tell apart where nobody says: the seven if all labels are those of emotions, else the labels that occur,
    /// sorted.
    ///
    /// # Errors
    /// Those of [`new`](Self::new).
    pub fn of_labels<'l>(labels: impl IntoIterator<Item = &'l str>) -> anyhow::Result<Self> {
        let labels: std::collections::BTreeSet<&str> = labels.into_iter().collect();
        if labels.iter().all(|label| Emotion::from_label(label).is_some()) {
            return Ok(ClassSet::default().into());
        }
        Self::new(labels)
    }

    /// The labels, in the order of a model's scores.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The index into [`labels`](Self::labels) under which a clip's label counts, if it does. Calm counts as neutral
    /// where it has no label of its own.
    #[must_use]
    pub fn index(&self, label: &str) -> Option<usize> {
        let position = |label: &str| self.labels.iter().position(|own| own == label);
        position(label).or_else(|| {
            let is_calm = Emotion::from_label(label) == Some(Emotion::Calm);
            is_calm.then(|| position(Emotion::Neutral.label()))?
        })
    }
}

/// Whether a blob can hold these labels, and tell them apart.
pub(crate) fn ensure_labels(labels: &[String]) -> anyhow::Result<()> {
    for (index, label) in labels.iter().enumerate() {
        ensure!(!label.trim().is_empty(), "a label is empty");
        ensure!(
            label.len() <= MAX_LABEL_BYTES,
            "the label \"{label}\" is longer than {MAX_LABEL_BYTES} bytes; shorten it by --labels"
        );
        ensure!(
            !label.contains(char::is_control),
            "the label {label:?} has a character that can't be printed"
        );
        ensure!(!labels[..index].contains(label), "the label \"{label}\" comes twice");
    }
    Ok(())
}

impl From<ClassSet> for Classes {
    fn from(set: ClassSet) -> Self {
        Self { labels: set.emotions().iter().map(|emotion| emotion.label().to_owned()).collect() }
    }
}

impl From<Classes> for Written {
    fn from(classes: Classes) -> Self {
        let set = ClassSet::ALL.into_iter().find(|&set| classes == set.into());
        set.map_or(Self::Labels(classes.labels), Self::Set)
    }
}

impl TryFrom<Written> for Classes {
    type Error = anyhow::Error;

    fn try_from(written: Written) -> anyhow::Result<Self> {
        match written {
            Written::Set(set) => Ok(set.into()),
            Written::Labels(labels) => Self::new(labels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(labels: &[&str]) -> String {
        Classes::new(labels.iter().copied()).unwrap_err().to_string()
    }

    #[test]
    fn calm_counts_as_neutral_where_it_has_no_label_of_its_own() {
        let index = |set: ClassSet, label| Classes::from(set).index(label);
        assert_eq!(
            [ClassSet::Six, ClassSet::Seven, ClassSet::Eight].map(|set| index(set, "calm")),
            [None, Some(0), Some(1)]
        );
        assert_eq!([ClassSet::Six, ClassSet::Seven].map(|set| index(set, "sad")), [Some(1), Some(2)]);
        assert_eq!(index(ClassSet::Eight, "bored"), None);
    }

    #[test]
    fn what_is_told_apart_follows_from_the_labels() {
        assert_eq!(Classes::of_labels(["sad", "calm", "sad"]).unwrap(), ClassSet::Seven.into());
        let own = Classes::of_labels(["stressed", "calm", "stressed"]).unwrap();
        assert_eq!(own.labels(), ["calm", "stressed"]);
    }

    #[test]
    fn labels_that_no_model_can_have_are_explained() {
        assert!(complaint(&["stressed"]).contains("at least 2 labels apart, and there are 1: stressed"));
        assert!(complaint(&["a", "b", "a"]).contains("\"a\" comes twice"));
        assert!(complaint(&["a", "a label of twenty-five byte"]).contains("longer than 24 bytes"));
        assert!(complaint(&["a", ""]).contains("empty"));
        assert!(complaint(&["a", "b\n"]).contains("printed"));
        let many: Vec<String> = (0..33).map(|label| label.to_string()).collect();
        assert!(Classes::new(many).unwrap_err().to_string().contains("at most 32"));
    }

    #[test]
    fn in_json_sets_have_a_name_and_others_their_labels() {
        for (classes, json) in [
            (ClassSet::Eight.into(), r#""eight""#),
            (Classes::new(["stressed", "calm"]).unwrap(), r#"["stressed","calm"]"#),
        ] {
            assert_eq!(serde_json::to_string(&classes).unwrap(), json);
            assert_eq!(serde_json::from_str::<Classes>(json).unwrap(), classes);
        }
        for json in [r#""nine""#, r#"["alone"]"#, "7"] {
            assert!(serde_json::from_str::<Classes>(json).is_err(), "{json}");
        }
    }
}
