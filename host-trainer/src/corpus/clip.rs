use std::path::{Path, PathBuf};

use super::name::Corpus;
use super::readers::{self, Said, Tables};
use super::sex::Sex;

/// A recording and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// The file.
    pub path: PathBuf,
    /// The corpus that it belongs to.
    pub corpus: Corpus,
    /// The speaker as the corpus names them, like `DC`, `07` or `1001`; unique among the corpus's people.
    pub speaker: String,
    /// What is expressed: an emotion's standard label, like `fearful`, or any other.
    pub label: String,
    /// The speaker's sex, where the corpus tells.
    pub sex: Option<Sex>,
}

impl Clip {
    /// The speaker of clips of whom nobody says who speaks. In splits they count as one person, so that nobody is in
    /// two parts.
    pub const UNKNOWN_SPEAKER: &str = "unknown";

    /// What a file's name and folders say, if they follow one of the published corpora's naming.
    ///
    /// ```
    /// use host_trainer::corpus::{Clip, Corpus, Sex};
    ///
    /// let clip = Clip::from_path("AudioData/DC/sa03.wav".as_ref()).unwrap();
    /// assert_eq!((clip.corpus, clip.speaker.as_str()), (Corpus::new("savee"), "DC"));
    /// assert_eq!((clip.label.as_str(), clip.sex), ("sad", Some(Sex::Male)));
    /// assert_eq!(Clip::from_path("holiday.wav".as_ref()), None);
    /// ```
    #[must_use]
    pub fn from_path(path: &Path) -> Option<Self> {
        Self::read(path, &Tables::default())
    }

    /// The same; tables that are needed beside the file are kept.
    pub(super) fn read(path: &Path, tables: &Tables) -> Option<Self> {
        let (corpus, Said { speaker, label, sex }) = readers::read(path, tables)?;
        Some(Self {
            path: path.to_owned(),
            corpus: Corpus::new(corpus),
            speaker,
            label: label.to_owned(),
            sex,
        })
    }

    /// Who is heard: the corpus that names the speaker, and the name.
    #[must_use]
    pub fn voice(&self) -> (Corpus, &str) {
        (self.corpus.people(), &self.speaker)
    }

    /// Whether it is known who speaks.
    #[must_use]
    pub fn has_speaker(&self) -> bool {
        self.speaker != Self::UNKNOWN_SPEAKER
    }

    /// For a recording with a published name, that name within corpus and speaker, whichever layout the file lies in.
    pub(super) fn take(&self, tables: &Tables) -> Option<&str> {
        Self::read(&self.path, tables)?;
        let stem = self.path.file_stem()?.to_str()?;
        Some(stem.strip_prefix(&self.speaker).and_then(|rest| rest.strip_prefix('_')).unwrap_or(stem))
    }
}
