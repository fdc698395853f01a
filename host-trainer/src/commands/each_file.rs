use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::complaint;

/// What a file came to, other than that nothing can be printed or written any more: its answers, or why it can't be
/// used.
pub(super) type Answered = anyhow::Result<()>;

/// Answers file after file and prints each answer. Goes on after a file that can't be used, which is named, but not
/// after an answer that can't be printed.
///
/// # Errors
/// Why an only file can't be used, how many of several could not be, as in "2 of 3 files could not be classified", or
/// what `print` fails with.
pub fn each_file<T>(
    files: &[PathBuf],
    could_not: &str,
    mut answer: impl FnMut(&Path) -> anyhow::Result<T>,
    mut print: impl FnMut(&Path, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    each_file_as_heard(files, could_not, |file| match answer(file) {
        Ok(answer) => print(file, answer).map(Ok),
        Err(error) => Ok(Err(error)),
    })
}

/// [`each_file`] for answers that are printed before the file is at its end.
pub(super) fn each_file_as_heard(
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
