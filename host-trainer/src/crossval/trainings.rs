use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, ensure};
use engine::Model;

use super::{Adapted, Cut, Outcome};
use crate::augment::Environments;
use crate::corpus::Parts;
use crate::evaluate::{Answers, Footprint};
use crate::files::{self, Lock};
use crate::preset::Preset;
use crate::progress::Board;
use crate::recordings::Recordings;
use crate::teacher::Teacher;
use crate::training::Options;
use crate::{quantise, record, workers};

/// The trainings of a cross-validation.
pub(crate) struct Trainings<'a> {
    pub(crate) preset: &'a Preset,
    pub(crate) recordings: &'a Recordings,
    pub(crate) cuts: &'a [Cut],
    /// What each fold's trainings learn from beside the labels.
    pub(crate) teachers: &'a [Teacher],
    /// Recordings to disturb with.
    pub(crate) environments: &'a Environments,
    /// The folder under which each training has its own.
    pub(crate) out: &'a Path,
}

/// A fold, counted from 1, and a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Task {
    fold: usize,
    seed: u64,
}

impl FromStr for Task {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts =
            text.split_once('/').and_then(|(fold, seed)| Some((fold.parse().ok()?, seed.parse().ok()?)));
        match parts {
            Some((fold, seed)) if fold > 0 && seed > 0 => Ok(Self { fold, seed }),
            _ => Err("expected a fold and a seed, both counted from 1, like 2/1".to_owned()),
        }
    }
}

impl Task {
    /// Makes sure that it is of one of so many folds.
    ///
    /// # Errors
    /// There is no such fold.
    pub(crate) fn ensure_among(&self, folds: usize) -> anyhow::Result<()> {
        ensure!(self.fold <= folds, "there are {folds} folds, none is fold {}", self.fold);
        Ok(())
    }

    /// Makes sure that a run with the seeds from 1 to `seeds` gathers it.
    ///
    /// # Errors
    /// Says how many seeds to ask for.
    pub(crate) fn ensure_gathered(&self, seeds: u64) -> anyhow::Result<()> {
        let seed = self.seed;
        ensure!(seed <= seeds, "seeds are 1 to {seeds}, none is {seed}; raise --seeds to {seed}");
        Ok(())
    }
}

impl Trainings<'_> {
    /// Trains every fold with the seeds from 1 to `seeds`, `jobs` at a time. What an earlier run has finished is
    /// read, what it was at goes on. After an error no training is begun, but those under way are finished.
    ///
    /// # Errors
    /// Names the fold and seed that failed.
    pub(crate) fn run(&self, seeds: u64, jobs: Option<NonZeroUsize>) -> anyhow::Result<Vec<Outcome>> {
        let tasks =
            || (1..=seeds).flat_map(|seed| (1..=self.cuts.len()).map(move |fold| Task { fold, seed }));
        self.finish(tasks().collect(), jobs)?;
        tasks().map(|task| Outcome::read(&self.folder(task))).collect()
    }

    /// Trains one fold with one seed, unless that is finished.
    ///
    /// # Errors
    /// The training failed.
    ///
    /// # Panics
    /// There is no such fold.
    pub(crate) fn only(&self, task: Task) -> anyhow::Result<Outcome> {
        self.finish(vec![task], None)?;
        Outcome::read(&self.folder(task))
    }

    /// Trains what is not finished.
    fn finish(&self, mut tasks: Vec<Task>, jobs: Option<NonZeroUsize>) -> anyhow::Result<()> {
        tasks.retain(|&task| !self.metrics(task).exists());
        let board = Board::new(tasks.len() * self.preset.recipe.epochs, "epochs of all trainings");
        workers::each(&tasks, jobs, |&task| {
            self.train(task, &board).with_context(|| format!("{task} failed"))
        })
    }

    fn train(&self, task: Task, board: &Board) -> anyhow::Result<()> {
        let parts = &self.cuts[task.fold - 1].parts;
        let Parts { train, test, .. } = parts;
        let folder = self.folder(task);
        // Other runs may be at other trainings of the same folder.
        let _lock = Lock::take(&folder)?;
        let environments = self.environments.clone();
        let options = Options { environments, ..Options::new(&folder, task.seed) };
        record::write(&folder, self.preset, self.recordings, task.seed)?;
        record::write_parts(&self.fold(task), &self.recordings.clips, parts)?;
        let learnt = self.recordings.taught(train, &self.teachers[task.fold - 1]);
        let name = task.to_string();
        let model =
            workers::fit_on(board, &name, self.preset, &self.recordings.classes, &learnt, options)?.model;

        let length = self.preset.front_end.window_samples as usize;
        let blob = quantise::export(&model, &self.recordings.calibration(train, length))?;
        files::write_whole(&folder.join("model.postcard"), &blob)?;
        let tested = self.recordings.test_set(test, length);
        let adapted = Adapted::score(task.fold, &blob, &tested, self.recordings.whole(test))?;
        let outcome = Outcome::new((task.fold, task.seed), Answers::ask(&model, &blob, &tested)?, adapted);
        outcome.write(&folder)?;
        let [float, int8] = [outcome.scores.float.ua, outcome.scores.int8.ua].map(|ua| 100.0 * ua);
        board.line(&format!("{task}: UA {float:.1} % in float, {int8:.1} % in int8"));
        Ok(())
    }

    /// What the model costs, by the first training's blob: all have the same shapes.
    pub(crate) fn footprint(&self) -> anyhow::Result<Footprint> {
        let path = self.folder(Task { fold: 1, seed: 1 }).join("model.postcard");
        let failed = || format!("cannot use {}", path.display());
        let blob = std::fs::read(&path).with_context(failed)?;
        let model = Model::from_bytes(&blob).with_context(failed)?;
        Ok(Footprint::of(&model, blob.len()))
    }

    fn fold(&self, task: Task) -> PathBuf {
        self.out.join(format!("fold-{}", task.fold))
    }

    fn folder(&self, task: Task) -> PathBuf {
        self.fold(task).join(format!("seed-{}", task.seed))
    }

    /// Is there once all else is.
    fn metrics(&self, task: Task) -> PathBuf {
        self.folder(task).join("metrics.json")
    }
}

impl std::fmt::Display for Task {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fold {}, seed {}", self.fold, self.seed)
    }
}
