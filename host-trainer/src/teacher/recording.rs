use std::fmt::{self, Display};
use std::fs::File;
use std::path::{Path, PathBuf};

/// What a file names a recording by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Recording {
    /// Its canonical path.
    At(PathBuf),
    /// The BLAKE3 of its file, wherever that lies.
    Of([u8; blake3::OUT_LEN]),
}

impl Recording {
    /// What a file holds; None if it can't be read.
    pub(super) fn of_file(path: &Path) -> Option<Self> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(File::open(path).ok()?).ok()?;
        Some(Self::Of(*hasher.finalize().as_bytes()))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::At(path) => path.as_os_str().as_encoded_bytes(),
            Self::Of(hash) => hash,
        }
    }
}

impl Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(path) => path.display().fmt(f),
            Self::Of(hash) => write!(f, "the recording {}", blake3::Hash::from_bytes(*hash)),
        }
    }
}
