//! Files that are whole or not there.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

/// Writes a file under a temporary name beside its own and renames it, so that a reader, or a
/// killed run, never sees half of it. Makes the folder if it is missing.
///
/// # Errors
/// Names the file that could not be written.
pub fn write_whole(path: &Path, contents: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("cannot write {}", path.display());
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).with_context(failed)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(failed)?;
    file.write_all(contents).with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    file.persist(path).with_context(failed)?;
    Ok(())
}
