//! Results on disk that are worth keeping between runs: decoded audio.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;

use etcetera::BaseStrategy;

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
    /// The cache in `$HOST_TRAINER_CACHE`, else in the folder `host-trainer` where the system has its caches, such as
    /// `~/.cache`; none where there is no such place. It may be deleted at any time.
    #[must_use]
    pub fn open() -> Self {
        let own =
            std::env::var_os("HOST_TRAINER_CACHE").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let usual = || Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("host-trainer"));
        Self { folder: own.or_else(usual), warned: Once::new() }
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const RESULT: &[u8] = b"a result";

    /// Looks up one and the same entry; says whether it had to be computed.
    fn computes(cache: &Cache) -> bool {
        let computed = Cell::new(false);
        let found = cache.get_or(Key::new("kind", b"parameters", b"content"), || {
            computed.set(true);
            anyhow::Ok(RESULT.to_vec())
        });
        assert_eq!(found.unwrap(), RESULT);
        computed.get()
    }

    fn only_file(folder: &Path) -> PathBuf {
        let files = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
        let mut files = files.filter(|entry| entry.file_type().is_file());
        let file = files.next().unwrap().into_path();
        assert!(files.next().is_none());
        file
    }

    #[test]
    fn an_entry_is_computed_once() {
        let folder = TempDir::new().unwrap();
        assert!(computes(&Cache::at(folder.path())));
        assert!(!computes(&Cache::at(folder.path())));
    }

    #[test]
    fn an_entry_that_is_short_altered_or_foreign_is_computed_again() {
        let folder = TempDir::new().unwrap();
        let cache = Cache::at(folder.path());
        assert!(computes(&cache));
        let file = only_file(folder.path());
        let whole = fs::read(&file).unwrap();
        for length in 0..whole.len() {
            fs::write(&file, &whole[..length]).unwrap();
            assert!(computes(&cache), "cut to {length} bytes");
        }
        for position in 0..whole.len() {
            let mut altered = whole.clone();
            altered[position] ^= 1;
            fs::write(&file, altered).unwrap();
            assert!(computes(&cache), "byte {position} altered");
        }
        assert_eq!(fs::read(&file).unwrap(), whole);
        assert!(!computes(&cache));
    }

    #[test]
    fn keys_tell_kind_parameters_and_content_apart() {
        let keys = [
            Key::new("a", b"b", b"c"),
            Key::new("x", b"b", b"c"),
            Key::new("a", b"x", b"c"),
            Key::new("a", b"b", b"x"),
            Key::new("ab", b"", b"c"),
            Key::new("a", b"bc", b""),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[index + 1..].contains(key), "{index}");
        }
    }

    #[test]
    fn errors_pass_through_and_leave_no_entry() {
        let folder = TempDir::new().unwrap();
        let key = Key::new("kind", b"parameters", b"content");
        assert_eq!(Cache::at(folder.path()).get_or(key, || Err("broken")), Err("broken"));
        assert!(computes(&Cache::at(folder.path())));
    }

    #[test]
    fn a_folder_that_can_not_be_written_means_no_cache() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, []).unwrap();
        let cache = Cache::at(&file.join("cache"));
        assert!(computes(&cache));
        assert!(computes(&cache));
    }
}
