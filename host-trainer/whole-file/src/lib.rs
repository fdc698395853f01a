#![doc = include_str!("../README.md")]

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use tempfile::NamedTempFile;

/// A file that has its name once it is whole, so that a reader, or a killed run, never sees half of it. Until then it
/// stands beside its place under another name, and it is gone if it is dropped.
#[derive(Debug)]
pub struct WholeFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl WholeFile {
    /// Makes the folder too if it is missing. A symbolic link stays, and what it leads to is replaced. What is no
    /// regular file, a device say, is not replaced.
    ///
    /// # Errors
    /// Names the file that cannot be written.
    pub fn begin(path: &Path) -> anyhow::Result<Self> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let failed = || cannot_write(&path);
        let is_new_or_file = std::fs::metadata(&path).map_or(true, |found| found.is_file());
        ensure!(is_new_or_file, "{}: it is there and is no regular file", cannot_write(&path));
        std::fs::create_dir_all(folder).with_context(failed)?;
        let mut builder = tempfile::Builder::new();
        // Temporary files are private by default; this one gets the permissions of any new file.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder).with_context(failed)?;
        Ok(Self { file, path })
    }

    /// What is to be written to.
    pub fn as_file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// Names the file that cannot be written.
    pub fn finish(self) -> anyhow::Result<()> {
        let failed = || cannot_write(&self.path);
        self.file.as_file().sync_all().with_context(failed)?;
        self.file.persist(&self.path).with_context(failed)?;
        Ok(())
    }
}

/// Writes a file that is whole or not there; see [`WholeFile`].
///
/// # Errors
/// Names the file that cannot be written.
pub fn write_whole(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let mut file = WholeFile::begin(path)?;
    file.as_file().write_all(contents).with_context(|| cannot_write(path))?;
    file.finish()
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<PathBuf> {
        let mut names: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_has_its_name_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.txt");
        let mut file = WholeFile::begin(&path).unwrap();
        file.as_file().write_all(b"half").unwrap();
        assert!(!path.exists());
        drop(file);
        assert_eq!(names(path.parent().unwrap()), [] as [PathBuf; 0]);

        write_whole(&path, b"before").unwrap();
        write_whole(&path, b"after").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"after");
        assert_eq!(names(path.parent().unwrap()), [path]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_and_leads_to_what_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = ["file", "link"].map(|name| folder.path().join(name));
        write_whole(&file, b"before").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_whole(&link, b"after").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"after");
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn it_has_the_permissions_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let [whole, plain] = ["whole", "plain"].map(|name| folder.path().join(name));
        write_whole(&whole, b"").unwrap();
        std::fs::write(&plain, b"").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&whole), mode(&plain));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let path = file.join("a");
        let message = format!("{:#}", write_whole(&path, b"").unwrap_err());
        assert!(message.starts_with(&format!("cannot write {}: ", path.display())), "{message}");
    }
}
