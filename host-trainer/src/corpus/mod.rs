//! Recordings with labels: SAVEE, RAVDESS and CREMA-D, recognised by file name.

mod classes;
mod crema_d;
mod ravdess;
mod savee;
mod scan;
mod split;
mod summary;

pub use classes::Classes;
pub use scan::{Scan, scan};
pub(crate) use split::hold_out_speakers;
pub use split::{Parts, Split, by_test_speakers, split};
pub use summary::{Row, Summary};

use std::fmt;
use std::path::{Path, PathBuf};

use engine::Emotion;
use serde::{Deserialize, Serialize};

/// Where a recording comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Corpus {
    /// Surrey Audio-Visual Expressed Emotion.
    Savee,
    /// Ryerson Audio-Visual Database of Emotional Speech and Song, the speech part.
    Ravdess,
    /// Crowd-sourced Emotional Multimodal Actors Dataset.
    CremaD,
}

impl Corpus {
    /// Every corpus, in declaration order.
    pub const ALL: [Self; 3] = [Self::Savee, Self::Ravdess, Self::CremaD];

    /// The name under which the corpus is published.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Savee => "SAVEE",
            Self::Ravdess => "RAVDESS",
            Self::CremaD => "CREMA-D",
        }
    }
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A speaker's sex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// A woman.
    Female,
    /// A man.
    Male,
}

impl Sex {
    /// Both, in declaration order.
    pub const ALL: [Self; 2] = [Self::Female, Self::Male];

    /// The name in figures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

/// A recording and what its file name says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// The corpus whose naming it follows.
    pub corpus: Corpus,
    /// The speaker as the corpus names them, like `DC`, `07` or `1001`; unique within a corpus.
    pub speaker: String,
    /// The expressed emotion.
    pub emotion: Emotion,
}

impl Clip {
    /// What a file's name and folder say, if they follow one of the corpora's naming.
    ///
    /// ```
    /// use engine::Emotion;
    /// use host_trainer::corpus::{Clip, Corpus};
    ///
    /// let clip = Clip::from_path("AudioData/DC/sa03.wav".as_ref()).unwrap();
    /// assert_eq!((clip.corpus, clip.emotion), (Corpus::Savee, Emotion::Sad));
    /// assert_eq!(clip.speaker, "DC");
    /// assert_eq!(Clip::from_path("holiday.wav".as_ref()), None);
    /// ```
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        let stem = path.file_stem()?.to_str()?;
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("");
        let labels = [
            (Corpus::Savee, savee::parse(folder, stem)),
            (Corpus::Ravdess, ravdess::parse(stem)),
            (Corpus::CremaD, crema_d::parse(stem)),
        ];
        labels.into_iter().find_map(|(corpus, label)| {
            let Label { speaker, emotion } = label?;
            Some(Self { path: path.to_owned(), corpus, speaker, emotion })
        })
    }

    /// Who is heard: speakers are named anew in each corpus.
    #[must_use]
    pub fn voice(&self) -> (Corpus, &str) {
        (self.corpus, &self.speaker)
    }

    /// The speaker's sex, where the corpus tells by name: SAVEE's speakers are men, RAVDESS numbers men odd.
    ///
    /// ```
    /// use host_trainer::corpus::{Clip, Sex};
    ///
    /// let sex = |name: &str| Clip::from_path(name.as_ref()).unwrap().sex();
    /// assert_eq!(sex("03-01-06-01-02-01-12.wav"), Some(Sex::Female));
    /// assert_eq!(sex("DC_sa03.wav"), Some(Sex::Male));
    /// assert_eq!(sex("1001_IEO_ANG_XX.wav"), None);
    /// ```
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        match self.corpus {
            Corpus::Savee => Some(Sex::Male),
            Corpus::Ravdess => Some(ravdess::sex(&self.speaker)),
            Corpus::CremaD => None,
        }
    }

    /// The recording's name within its corpus and speaker, whichever layout the file lies in.
    fn take(&self) -> &str {
        let stem = self.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
        stem.strip_prefix(&self.speaker).and_then(|rest| rest.strip_prefix('_')).unwrap_or(stem)
    }
}

/// Who speaks, and how.
struct Label {
    speaker: String,
    emotion: Emotion,
}
