//! Recordings with labels: SAVEE, RAVDESS and CREMA-D, recognised by file name.

mod classes;

pub use classes::Classes;

use std::path::PathBuf;

use engine::Emotion;

/// Where a recording comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Corpus {
    /// Surrey Audio-Visual Expressed Emotion.
    Savee,
    /// Ryerson Audio-Visual Database of Emotional Speech and Song, the speech part.
    Ravdess,
    /// Crowd-sourced Emotional Multimodal Actors Dataset.
    CremaD,
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
