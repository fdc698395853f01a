use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::readers;

/// Where a recording comes from. In JSON it is a name in lower case with hyphens, like `crema-d`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Corpus(Arc<str>);

impl Corpus {
    /// The corpus of that name, published or one's own.
    ///
    /// ```
    /// use host_trainer::corpus::Corpus;
    ///
    /// assert_eq!(Corpus::new("CREMA-D").id(), "crema-d");
    /// assert_eq!(Corpus::new("crema-d").name(), "CREMA-D");
    /// assert_eq!(Corpus::new("My calls, 2024").name(), "my-calls-2024");
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        let lower = name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let id = words.collect::<Vec<_>>().join("-");
        Self(if id.is_empty() { "own".into() } else { id.into() })
    }

    /// The corpus of the recordings that [`synth`](crate::synth) makes.
    #[must_use]
    pub fn built_in() -> Self {
        Self::new("built-in")
    }

    /// The name in JSON.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The name under which the corpus is published, or else the one in JSON.
    #[must_use]
    pub fn name(&self) -> &str {
        readers::of(&self.0).map_or(&self.0, |reader| reader.name)
    }

    /// The corpus that names its speakers: for most, itself.
    ///
    /// ```
    /// use host_trainer::corpus::Corpus;
    ///
    /// assert_eq!(Corpus::new("ravdess-song").people(), Corpus::new("ravdess"));
    /// assert_eq!(Corpus::new("savee").people(), Corpus::new("savee"));
    /// ```
    #[must_use]
    pub fn people(&self) -> Self {
        readers::of(&self.0).map_or_else(|| self.clone(), |reader| Self(reader.people.into()))
    }
}

impl From<String> for Corpus {
    fn from(name: String) -> Self {
        Self::new(&name)
    }
}

impl From<Corpus> for String {
    fn from(corpus: Corpus) -> Self {
        corpus.id().to_owned()
    }
}

impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
