//! A training's folder, which never shows files of two trainings as if they were of one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::files::{self, Lock};
use crate::record;

/// What a training leaves, in the order in which it appears in the folder. The first is of every training.
const FILES: [&str; 13] = [
    "preset.json",
    "run.json",
    "train.csv",
    "validation.csv",
    "test.csv",
    CHECKPOINT,
    "history.jsonl",
    "float.json",
    "float.safetensors",
    "model.postcard",
    "clips.csv",
    "metrics.json",
    "report.html",
];
const CHECKPOINT: &str = "checkpoint.postcard";

/// The folder of one training at a time: it works in a folder within, while the results of an earlier one stay as they
/// are, and takes their place once it is finished.
#[derive(Debug)]
pub(crate) struct RunFolder {
    out: PathBuf,
    _lock: Lock,
}

impl RunFolder {
    /// Keeps other runs out of a folder, which is made if it is missing.
    ///
    /// # Errors
    /// Another run has it, it is of a cross-validation or a search, it has files of the names of results that are none
    /// or others where an unfinished training would have its own, or it can't be written to.
    pub(crate) fn claim(out: &Path) -> anyhow::Result<Self> {
        let folder = Self { _lock: Lock::take(out)?, out: out.to_owned() };
        ensure!(
            !out.join("settings.json").exists(),
            "{} has a cross-validation or a tuning; choose another --out",
            out.display()
        );
        folder.ensure_own_files()?;
        folder.ensure_own_work()?;
        folder.move_finished()?;
        Ok(folder)
    }

    /// Somebody's own files, which happen to be named like results, are not replaced.
    fn ensure_own_files(&self) -> anyhow::Result<()> {
        let found = FILES.map(|name| self.out.join(name)).into_iter().find(|file| file.exists());
        match found {
            Some(file) if !self.finished().exists() && !record::is_in(&self.out) => {
                Err(files::not_written_by("training", &file))
            }
            _ => Ok(()),
        }
    }

    /// Nothing but a training's files, whole or half written, is removed with an unfinished training.
    fn ensure_own_work(&self) -> anyhow::Result<()> {
        let work = self.work();
        if !work.exists() {
            return Ok(());
        }
        let is_own = |name: &str| FILES.contains(&name) || name.starts_with(".tmp");
        let entries = fs::read_dir(&work).with_context(|| format!("cannot read {}", work.display()))?;
        let foreign = entries.flatten().find(|entry| !entry.file_name().to_str().is_some_and(is_own));
        foreign.map_or(Ok(()), |entry| Err(files::not_written_by("training", &entry.path())))
    }

    /// Whether a folder has a training, finished or not.
    pub(crate) fn is_used(out: &Path) -> bool {
        let finished = Path::new("metrics.json");
        [finished, &Path::new(Self::WORK).join(CHECKPOINT)].iter().any(|file| out.join(file).exists())
    }

    const WORK: &str = ".unfinished";

    /// Where the training writes before it is finished.
    pub(crate) fn work(&self) -> PathBuf {
        self.out.join(Self::WORK)
    }

    /// Where a training that is finished waits until all its files are moved.
    fn finished(&self) -> PathBuf {
        self.out.join(".finished")
    }

    /// Begins anew, so that an unfinished training is gone, or goes on from its checkpoint.
    ///
    /// # Errors
    /// Names the folder that can't be emptied.
    pub(crate) fn begin(&self, checkpoint: Option<&Path>) -> anyhow::Result<()> {
        if checkpoint.is_none_or(|checkpoint| !checkpoint.starts_with(self.work())) {
            if checkpoint.is_none() && self.work().join(CHECKPOINT).exists() {
                eprintln!(
                    "warning: the training that was stopped in {} is given up; --resume would have gone on with it",
                    self.out.display()
                );
            }
            remove_folder(&self.work())?;
        }
        Ok(())
    }

    /// What to go on from: the checkpoint of the unfinished training, or else of the finished one.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn checkpoint(&self) -> anyhow::Result<PathBuf> {
        let places = [self.work(), self.out.clone()].map(|folder| folder.join(CHECKPOINT));
        let found = places.into_iter().find(|file| file.exists());
        found.with_context(|| {
            format!("cannot resume: {} has no {CHECKPOINT}; train anew without it", self.out.display())
        })
    }

    /// Puts the training, which is finished, in the place of the earlier one.
    ///
    /// # Errors
    /// Names the file that can't be moved or removed.
    pub(crate) fn publish(&self) -> anyhow::Result<()> {
        rename(&self.work(), &self.finished())?;
        self.move_finished()
    }

    /// First the earlier training's files go, then the new one's come, so that whoever is killed in between leaves too
    /// few rather than a mixture, and the next to claim the folder ends what was begun.
    fn move_finished(&self) -> anyhow::Result<()> {
        let finished = self.finished();
        let [first, ..] = FILES;
        if finished.join(first).exists() {
            FILES.iter().rev().try_for_each(|name| remove(&self.out.join(name)))?;
        }
        for name in FILES {
            if finished.join(name).exists() {
                rename(&finished.join(name), &self.out.join(name))?;
            }
        }
        remove_folder(&finished)
    }
}

fn rename(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::rename(from, to).with_context(|| format!("cannot move {} to {}", from.display(), to.display()))
}

fn remove(file: &Path) -> anyhow::Result<()> {
    unless_missing(fs::remove_file(file), file)
}

fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    unless_missing(fs::remove_dir_all(folder), folder)
}

fn unless_missing(result: std::io::Result<()>, path: &Path) -> anyhow::Result<()> {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const NEW: [&str; 4] = ["preset.json", "train.csv", "float.json", "metrics.json"];
    /// In every file, and such that it is a run's record.
    const OLD_TEXT: &str = r#"{"command":["train"],"version":"0.1.0","data":"","seed":1}"#;

    fn fill(folder: &Path, names: &[&str], text: &str) {
        fs::create_dir_all(folder).unwrap();
        names.iter().for_each(|name| fs::write(folder.join(name), text).unwrap());
    }

    /// What a folder shows: every file but the lock.
    fn shown(folder: &Path) -> BTreeMap<String, String> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file() && !path.ends_with(".lock"));
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
    }

    fn all(names: &[&str], text: &str) -> BTreeMap<String, String> {
        names.iter().map(|&name| (name.to_owned(), text.to_owned())).collect()
    }

    #[test]
    fn a_finished_run_takes_the_place_of_the_earlier_one_and_leaves_other_files() {
        let out = tempfile::tempdir().unwrap();
        fill(out.path(), &FILES, OLD_TEXT);
        fill(out.path(), &["notes.txt"], "mine");
        let folder = RunFolder::claim(out.path()).unwrap();
        folder.begin(None).unwrap();
        fill(&folder.work(), &NEW, "new");
        assert_eq!(shown(out.path()).values().filter(|text| *text == OLD_TEXT).count(), FILES.len());
        folder.publish().unwrap();
        let mut expected = all(&NEW, "new");
        expected.insert("notes.txt".to_owned(), "mine".to_owned());
        assert_eq!(shown(out.path()), expected);
        assert!(!folder.work().exists() && !folder.finished().exists());
    }

    /// Whatever step of the exchange a run was killed at, the files are of one run, and the next claim has all of the
    /// new one.
    #[test]
    fn an_exchange_that_was_interrupted_is_ended() {
        for (kept, moved) in
            (0..=FILES.len()).map(|kept| (kept, 0)).chain((1..=NEW.len()).map(|moved| (0, moved)))
        {
            let out = tempfile::tempdir().unwrap();
            fill(out.path(), &FILES[..kept], "old");
            fill(out.path(), &NEW[..moved], "new");
            fill(&out.path().join(".finished"), &NEW[moved..], "new");
            let folder = RunFolder::claim(out.path()).unwrap();
            assert_eq!(shown(out.path()), all(&NEW, "new"), "{kept} {moved}");
            assert!(!folder.finished().exists());
        }
    }

    #[test]
    fn the_unfinished_run_s_checkpoint_comes_first() {
        let out = tempfile::tempdir().unwrap();
        let folder = RunFolder::claim(out.path()).unwrap();
        let none = folder.checkpoint().unwrap_err().to_string();
        assert!(none.contains("has no checkpoint.postcard"), "{none}");
        assert!(!RunFolder::is_used(out.path()));
        fill(out.path(), &[CHECKPOINT], "old");
        let resumed = || {
            let checkpoint = folder.checkpoint().unwrap();
            folder.begin(Some(&checkpoint)).unwrap();
            checkpoint
        };
        // Which leaves nothing of a run that was interrupted before its first.
        fill(&folder.work(), &["float.json"], "new");
        assert_eq!(resumed(), out.path().join(CHECKPOINT));
        assert!(!folder.work().exists());
        fill(&folder.work(), &[CHECKPOINT], "new");
        assert_eq!(resumed(), folder.work().join(CHECKPOINT));
        assert!(RunFolder::is_used(out.path()));
        folder.begin(None).unwrap();
        assert_eq!(resumed(), out.path().join(CHECKPOINT));
    }

    #[test]
    fn what_no_training_wrote_is_not_removed_with_an_unfinished_one() {
        let out = tempfile::tempdir().unwrap();
        let work = out.path().join(".unfinished");
        fill(&work, &["thesis.txt", CHECKPOINT], "mine");
        let refused = RunFolder::claim(out.path()).unwrap_err().to_string();
        assert!(refused.contains("thesis.txt is there, and no training wrote it"), "{refused}");
        assert!(work.join("thesis.txt").exists() && work.join(CHECKPOINT).exists());
    }

    #[test]
    fn files_that_no_training_wrote_are_refused_and_stay() {
        for name in FILES {
            let out = tempfile::tempdir().unwrap();
            fill(out.path(), &[name], "mine");
            let refused = RunFolder::claim(out.path()).unwrap_err().to_string();
            assert!(refused.contains(&format!("{name} is there, and no training wrote it")), "{refused}");
            assert_eq!(shown(out.path()), all(&[name], "mine"));
        }
    }
}
