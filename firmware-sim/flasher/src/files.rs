use std::io::Write;
use std::path::Path;

use anyhow::Context;

/// A file that is renamed to `path` by [`finish`] once it is whole.
///
/// # Errors
/// Names the file that could not be written.
pub(crate) fn begin(path: &Path) -> anyhow::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    std::fs::create_dir_all(folder).with_context(failed)?;
    let mut builder = tempfile::Builder::new();
    // Temporary files are private by default; this one becomes any new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder).with_context(failed)
}

/// # Errors
/// Names the file that could not be written.
pub(crate) fn finish(file: tempfile::NamedTempFile, path: &Path) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}

/// Writes a file that is whole or not there.
///
/// # Errors
/// Names the file that could not be written.
pub(crate) fn write_whole(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let mut file = begin(path)?;
    file.write_all(contents).with_context(|| format!("cannot write {}", path.display()))?;
    finish(file, path)
}
