use std::path::{Path, PathBuf};

use clap::Args;

use super::labelling::Labelling;
use crate::corpus::{ClassSet, Classes};
use crate::preset::Preset;
use crate::recordings::Recordings;

/// Recordings to learn from, and what is told apart in them.
#[derive(Debug, Args)]
pub(super) struct LearntRecordings {
    /// Folder of recordings, searched at any depth, or CSV or Parquet file that lists them; may be given more than
    /// once.
    #[arg(long, value_name = "PATH")]
    pub(super) data: Vec<PathBuf>,
    #[command(flatten)]
    labelling: Labelling,
    /// The emotions to tell apart; if left out, those of a file of folds that names some, else seven where all labels
    /// are emotions, else the labels that there are.
    #[arg(long, value_enum)]
    classes: Option<ClassSet>,
    /// Folder of speech without labels, searched at any depth, to be learnt from by the teacher's answers alone; may be
    /// given more than once.
    #[arg(long, value_name = "DIR", requires = "teacher_logits")]
    unlabelled: Vec<PathBuf>,
}

impl LearntRecordings {
    /// The folders and files that are read, among which no results are to be written.
    pub(super) fn read(&self) -> impl Iterator<Item = &Path> {
        self.data.iter().chain(&self.labelling.labels).chain(&self.unlabelled).map(PathBuf::as_path)
    }

    /// Finds and decodes them for a preset; `of_folds` are the classes that a file of folds names. Warns of what the
    /// preset goes by and no recording has.
    ///
    /// # Errors
    /// Names the file, folder or option that can't be used.
    pub(super) fn load(&self, preset: &Preset, of_folds: Option<Classes>) -> anyhow::Result<Recordings> {
        let classes = self.classes.map(Classes::from).or(of_folds);
        let sources = self.labelling.sources(&self.data)?;
        let mut recordings = Recordings::load(&sources, preset.front_end.sample_rate, classes)?;
        recordings.add_unlabelled(&self.unlabelled)?;
        recordings.tell_unmatched(&preset.recipe);
        Ok(recordings)
    }
}
