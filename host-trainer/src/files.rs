//! Files that are whole or not there.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use same_file::Handle;
use serde::{Serialize, Serializer};

pub use whole_file::{WholeFile, write_whole};

/// Refuses to write over what is read.
///
/// # Errors
/// Both paths lead to the same file.
pub fn ensure_other(output: &Path, input: &Path) -> anyhow::Result<()> {
    let real = |path: &Path| path.canonicalize().ok();
    let is_other = real(output).is_none_or(|output| real(input) != Some(output));
    ensure!(is_other, "{} would be written over; choose another name for the result", input.display());
    Ok(())
}

/// Refuses to write results into a folder where they might be written over what is read.
///
/// # Errors
/// An input is the folder itself, or a file that lies directly in it.
pub fn ensure_outside<'p>(folder: &Path, inputs: impl IntoIterator<Item = &'p Path>) -> anyhow::Result<()> {
    let Ok(folder) = folder.canonicalize() else { return Ok(()) };
    for input in inputs {
        let Ok(real) = input.canonicalize() else { continue };
        let place = if real.is_dir() { Some(real.as_path()) } else { real.parent() };
        ensure!(
            place != Some(&folder),
            "{} is where the results are to be written, and might be written over; choose another --out",
            input.display()
        );
    }
    Ok(())
}

/// Why somebody's own file, which lies where results are to be written, is not replaced; `writer` is what would have
/// written it.
pub(crate) fn not_written_by(writer: &str, path: &Path) -> anyhow::Error {
    anyhow!("{} is there, and no {writer} wrote it; choose another --out", path.display())
}

/// A path in JSON, which has text: with a mark in place of what is not UTF-8.
pub(crate) fn as_text<S: Serializer>(path: &impl AsRef<Path>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().to_string_lossy().serialize(serializer)
}

/// Removes the temporary files that a killed run left in a folder that is locked.
fn clear_unfinished(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let left = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp"));
    for file in left {
        // One that can't be removed does no harm.
        let _ = fs::remove_file(file.path());
    }
}

/// Keeps other runs out of a folder while it lives. Then it is gone, and so are the folders that it made if nothing was
/// written to them.
#[derive(Debug)]
pub struct Lock {
    path: PathBuf,
    /// The innermost first.
    made: Vec<PathBuf>,
    _file: File,
}

impl Lock {
    /// Locks a folder, which is made if it is missing.
    ///
    /// # Errors
    /// Another run has the folder, or it can't be written to.
    pub fn take(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(".lock");
        let failed = || format!("cannot write {}", path.display());
        ensure!(
            folder.is_dir() || !folder.exists(),
            "{} is a file; choose a folder to write to",
            folder.display()
        );
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let made = folder.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        fs::create_dir_all(folder).with_context(failed)?;
        loop {
            let file =
                File::options().create(true).truncate(false).write(true).open(&path).with_context(failed)?;
            ensure!(
                file.metadata().with_context(failed)?.len() == 0,
                "{} is there, and no run wrote it; choose another folder",
                path.display()
            );
            match file.try_lock() {
                Ok(()) if is_at(&file, &path).with_context(failed)? => {
                    clear_unfinished(folder);
                    return Ok(Self { path, made, _file: file });
                }
                // Whoever had the lock has removed it since the file was opened.
                Ok(()) => (),
                Err(TryLockError::WouldBlock) => {
                    bail!(
                        "another run is writing to {}; wait for it or choose another folder",
                        folder.display()
                    )
                }
                Err(TryLockError::Error(error)) => return Err(error).with_context(failed),
            }
        }
    }
}

impl Drop for Lock {
    /// The lock is still held: nobody else's file is removed. What can't be removed does no harm.
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        // A folder that holds anything is not removed.
        let _ = self.made.iter().try_for_each(fs::remove_dir);
    }
}

/// Whether a file that is open is the one that a path leads to.
fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    match Handle::from_path(path) {
        Ok(found) => Ok(found == Handle::from_file(file.try_clone()?)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_locked_once_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap();
        let refused = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("another run is writing to"), "{refused}");
        drop(lock);
        fs::write(folder.path().join(".tmpA1b2C3"), [0; 10]).unwrap();
        fs::write(folder.path().join("result"), []).unwrap();
        Lock::take(folder.path()).unwrap();
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["result"]);
        let refused = Lock::take(&folder.path().join("result")).unwrap_err().to_string();
        assert!(refused.contains("result is a file"), "{refused}");
    }

    #[test]
    fn a_file_that_is_no_lock_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".lock");
        fs::write(&path, "mine").unwrap();
        let refused = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(refused.contains(".lock is there, and no run wrote it"), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn a_folder_that_was_made_for_nothing_is_gone() {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("a/b/c");
        drop(Lock::take(&folder).unwrap());
        assert!(outer.path().exists() && !outer.path().join("a").exists());
        let lock = Lock::take(&folder).unwrap();
        fs::write(folder.join("../result"), []).unwrap();
        drop(lock);
        assert!(!folder.exists() && outer.path().join("a/b/result").exists());
    }

    /// Threads that lock and unlock as fast as they can never have it two at a time.
    #[test]
    fn a_lock_that_is_removed_still_keeps_others_out() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let folder = tempfile::tempdir().unwrap();
        let (inside, taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let Ok(_lock) = Lock::take(folder.path()) else { continue };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        taken.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(taken.load(Ordering::SeqCst) > 0);
    }
}
