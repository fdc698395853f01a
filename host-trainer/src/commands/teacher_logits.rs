use std::path::{Path, PathBuf};

use clap::Args;

use crate::crossval;
use crate::teacher::Teacher;

/// What another model says of the recordings to learn from.
#[derive(Debug, Args)]
pub(super) struct TeacherLogits {
    /// CSV or Parquet file of a teacher's answers to recordings, to learn from beside the labels: path,label,logit,
    /// or path and a column "float LABEL" for each label, as clips.csv has them; a column blake3 counts before
    /// path. Or the folder of a training or of a cross-validation, whose models have answered people whom they had not
    /// heard. May be given more than once, and the mean counts.
    #[arg(long = "teacher-logits", value_name = "PATH", id = "teacher_logits")]
    given: Vec<PathBuf>,
}

impl TeacherLogits {
    /// The files and folders that are read, among which no results are to be written.
    pub(super) fn read(&self) -> impl Iterator<Item = &Path> {
        self.given.iter().map(PathBuf::as_path)
    }

    /// The files of answers, looked at before recordings are decoded, which may take long.
    ///
    /// # Errors
    /// Names the file that can't be read or has no answers, or the folder without a finished training.
    pub(super) fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in &self.given {
            let of_training = path.join("clips.csv");
            if of_training.exists() {
                files.push(of_training);
            } else if path.is_dir() {
                files.extend(crossval::clip_files(path)?);
            } else {
                files.push(path.clone());
            }
        }
        Teacher::look_at(&files)?;
        Ok(files)
    }
}
