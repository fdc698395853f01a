use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::complaint;

/// What a file came to, other than that nothing can be printed or written any more: its answers, or why it can't be
/// used.
pub type Answered = anyhow::Result<()>;

/// Answers file after file, and goes on after one that can't be used, which is named.
///
/// # Errors
/// Why an only file can't be used, or how many of several could not be, as in "2 of 3 files could not be classified".
pub fn each_file(
    files: &[PathBuf],
    could_not: &str,
    mut answer: impl FnMut(&Path) -> anyhow::Result<Answered>,
) -> anyhow::Result<()> {
    if let [only] = files {
        return answer(only)?;
    }
    let mut failed = 0;
    for file in files {
        if let Err(error) = answer(file)? {
            eprintln!("error: {}", complaint(&error));
            failed += 1;
        }
    }
    ensure!(failed == 0, "{failed} of {} {could_not}", files.len());
    Ok(())
}
