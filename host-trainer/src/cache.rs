//! Results on disk that are worth keeping between runs: decoded audio and features.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

/// Changes whenever entries written before must not be read any more.
const MAGIC: &[u8; 8] = b"HTCACHE1";

/// Names a result by everything that it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(blake3::Hash);

impl Key {
    /// The key of what `kind` of computation yields of `content` under `parameters`. The kind carries a
    /// version, which changes with the computation.
    #[must_use]
    pub fn new(kind: &str, parameters: &[u8], content: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [kind.as_bytes(), parameters, content] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize())
    }
}

/// A folder of results. What can't be read back whole is computed again; a folder that can't be written
/// costs one warning and the time, nothing else.
#[derive(Debug)]
pub struct Cache {
    folder: Option<PathBuf>,
    warned: Once,
}

impl Cache {
    /// The cache in `$HOST_TRAINER_CACHE`, else `$XDG_CACHE_HOME/host-trainer`, else
    /// `~/.cache/host-trainer`.
    #[must_use]
    pub fn open() -> Self {
        let from = |variable| std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = from("HOST_TRAINER_CACHE")
            .or_else(|| from("XDG_CACHE_HOME").map(|caches| caches.join("host-trainer")))
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache/host-trainer")));
        Self { folder, warned: Once::new() }
    }

    /// The cache in a folder of one's choice.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: Some(folder.to_owned()), warned: Once::new() }
    }

    /// What is kept under `key`, else what `compute` yields, which is then kept.
    ///
    /// # Errors
    /// Those of `compute`.
    pub fn get_or<E>(&self, key: Key, compute: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        let Some(path) = self.path(key) else {
            return compute();
        };
        if let Some(payload) = read(&path) {
            return Ok(payload);
        }
        let payload = compute()?;
        if let Err(error) = write(&path, &payload) {
            self.warned.call_once(|| {
                let advice = "set HOST_TRAINER_CACHE to a folder that can be written";
                eprintln!("warning: nothing is cached in {}: {error}; {advice}", path.display());
            });
        }
        Ok(payload)
    }

    fn path(&self, key: Key) -> Option<PathBuf> {
        let name = key.0.to_hex();
        let (shelf, rest) = name.split_at(2);
        Some(self.folder.as_ref()?.join(shelf).join(rest))
    }
}

/// An entry's payload, if the entry is of this version and whole.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut entry = std::fs::read(path).ok()?;
    let (magic, rest) = entry.split_first_chunk()?;
    let (checksum, payload) = rest.split_first_chunk()?;
    let whole = magic == MAGIC && blake3::hash(payload).as_bytes() == checksum;
    let start = entry.len() - payload.len();
    whole.then(|| entry.split_off(start))
}

/// Like [`crate::files::write_whole`], but an entry that a power failure took is only computed again, so it
/// is not worth waiting for the disk.
fn write(path: &Path, payload: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(blake3::hash(payload).as_bytes())?;
    file.write_all(payload)?;
    file.persist(path)?;
    Ok(())
}
