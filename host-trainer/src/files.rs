//! Files that are whole or not there.

use std::fs::{File, TryLockError};
use std::path::Path;

use anyhow::{Context, bail, ensure};

pub use whole_file::write_whole;

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

/// Removes the temporary files that a killed run left in a folder that is locked.
fn clear_unfinished(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let left = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".tmp"));
    for file in left {
        // One that can't be removed does no harm.
        let _ = std::fs::remove_file(file.path());
    }
}

/// Keeps other runs out of a folder while it lives.
#[derive(Debug)]
pub struct Lock {
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
        std::fs::create_dir_all(folder).with_context(failed)?;
        let file = File::create(&path).with_context(failed)?;
        match file.try_lock() {
            Ok(()) => {
                clear_unfinished(folder);
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                bail!("another run is writing to {}; wait for it or choose another folder", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(failed),
        }
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
        std::fs::write(folder.path().join(".tmpA1b2C3"), [0; 10]).unwrap();
        std::fs::write(folder.path().join("result"), []).unwrap();
        Lock::take(folder.path()).unwrap();
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".lock", "result"]);
        let refused = Lock::take(&folder.path().join(".lock")).unwrap_err().to_string();
        assert!(refused.contains(".lock is a file"), "{refused}");
    }
}
