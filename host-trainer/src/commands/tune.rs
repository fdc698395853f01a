use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::Args;

use super::environments::EnvironmentFolders;
use super::learnt::LearntRecordings;
use super::output;
use super::preset::PresetChoice;
use super::teacher_logits::TeacherLogits;
use super::values::{minutes, positive};
use crate::corpus::{self, Parts};
use crate::crossval::Folds;
use crate::files::{self, Lock};
use crate::recordings::Recordings;
use crate::settings::WorkSettings;
use crate::table::{percent, table};
use crate::teacher::Teacher;
use crate::tune::{
    Budget, Search, SearchFacts, Speakers, TuneSettings, Tuning, hyperparameters, rungs, widths,
};

/// Trials that the terminal shows.
const SHOWN: usize = 12;
/// Hyperparameters that it has room for.
const COLUMNS: usize = 5;

#[derive(Debug, Args)]
#[command(mut_arg("data", |data| data.required(true)))]
pub(super) struct Tune {
    #[command(flatten)]
    recordings: LearntRecordings,
    /// JSON with the test speakers of each fold, as for crossval; those of --fold are left out altogether.
    #[arg(long, value_name = "FILE", requires = "fold")]
    folds: Option<PathBuf>,
    /// The fold whose test speakers are left out, from 1.
    #[arg(long, value_name = "N", requires = "folds", value_parser = positive)]
    fold: Option<NonZeroUsize>,
    /// Folder for the best preset and the trials. What is finished in it is not repeated, and a larger budget adds to
    /// it.
    #[arg(long, value_name = "DIR", default_value = "tune")]
    out: PathBuf,
    #[command(flatten)]
    preset: PresetChoice,
    #[command(flatten)]
    environments: EnvironmentFolders,
    #[command(flatten)]
    teacher_logits: TeacherLogits,
    /// How long this run may take: no trial is begun that would not end in time.
    #[arg(long, value_name = "MINUTES", default_value = "60", value_parser = minutes, allow_hyphen_values = true)]
    budget: Duration,
    /// Seed of all randomness: who validates, what is tried, and each training.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Trials at a time, which share the cores; as many as there are cores if left out.
    #[arg(long, value_name = "N", value_parser = positive)]
    jobs: Option<NonZeroUsize>,
}

impl Tune {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let preset = self.preset.preset(None)?;
        let left_out = self.left_out()?;
        files::ensure_outside(&self.out, self.recordings.read().chain(self.teacher_logits.read()))?;
        let answers = self.teacher_logits.files()?;
        let environments = self.environments.load(&preset)?;
        let _lock = Lock::take(&self.out)?;
        let of_folds = left_out.as_ref().and_then(|(folds, _)| folds.classes.clone());
        let recordings = self.recordings.load(&preset, of_folds)?;
        let parts = self.parts(&recordings, left_out.as_ref())?;
        let teacher = Teacher::read(&answers, recordings.classes.labels(), &recordings.absent(&parts))?;
        recordings.ensure_taught(&teacher, &parts)?;
        let tuned = TuneSettings {
            seed: self.seed,
            left_out,
            teacher: teacher.digest().into(),
            environments: environments.digest(),
        };
        WorkSettings::new(&preset, &recordings, tuned)?.claim(&self.out)?;

        let [train, validation] =
            [&parts.train, &parts.validation].map(|part| Speakers::of(&recordings.clips_of(part)));
        eprintln!(
            "{} clips to train on, {} to judge by: {}",
            train.clips,
            validation.clips,
            validation.names()
        );
        let facts = SearchFacts {
            preset: preset.name.clone(),
            classes: recordings.classes.clone(),
            seed: self.seed,
            demonstration: recordings.are_synthetic(),
            rungs: rungs(preset.recipe.epochs),
            train,
            validation,
        };
        let search = Search::new(&preset, facts, &recordings, &parts, &teacher, environments, &self.out)?;
        let budget = Budget::new(self.budget);
        let mut bracket = 0;
        while search.bracket(bracket, self.jobs, &budget)? {
            bracket += 1;
        }
        self.finish(&search.tuning())
    }

    /// The folds, and which of them must not be heard.
    fn left_out(&self) -> anyhow::Result<Option<(Folds, usize)>> {
        let (Some(path), Some(fold)) = (&self.folds, self.fold) else { return Ok(None) };
        let folds = Folds::read(path)?;
        let count = folds.folds.len();
        ensure!(fold.get() <= count, "{} has {count} folds, none is fold {fold}", path.display());
        Ok(Some((folds, fold.get())))
    }

    /// Who is learnt from and who is judged by, of all who are not left out.
    fn parts(&self, recordings: &Recordings, left_out: Option<&(Folds, usize)>) -> anyhow::Result<Parts> {
        let Recordings { clips, classes, .. } = recordings;
        let known: Vec<usize> = match left_out {
            Some((folds, fold)) => {
                folds.cut(clips, classes).context("cannot use --folds")?.swap_remove(fold - 1).parts.train
            }
            None => (0..clips.len()).collect(),
        };
        corpus::hold_out_speakers(clips, classes, &known, self.seed)
    }

    fn finish(&self, tuning: &Tuning) -> anyhow::Result<()> {
        let (best, _) = tuning.best().with_context(|| {
            format!(
                "no trial ended well within the budget; give a larger --budget (what was begun is in {})",
                self.out.display()
            )
        })?;
        output::line(&text(tuning))?;
        let out = self.out.display();
        eprintln!("trial {} is the best; wrote {out}/preset.json, trials.json and report.html", best.number);
        eprintln!("train it: host-trainer train --preset {out}/preset.json");
        Ok(())
    }
}

/// What a terminal shows of it.
fn text(tuning: &Tuning) -> String {
    let Some(first) = tuning.trials.first() else { return String::new() };
    let names = hyperparameters(&first.preset).into_iter().take(COLUMNS).map(|parameter| parameter.name);
    let mut trials = table(["trial", "epochs", "UA %", "loss"].into_iter().chain(names).chain(["channels"]));
    for trial in tuning.trials.iter().take(SHOWN) {
        let [ua, loss] = trial.latest().map_or(["diverged".to_owned(), String::new()], |score| {
            [percent(score.ua), format!("{:.3}", score.loss)]
        });
        let epochs = tuning.facts.rungs[trial.scores.len() - 1];
        let values = hyperparameters(&trial.preset).into_iter().take(COLUMNS);
        let values = values.map(|parameter| parameter.value.to_string());
        let row = [trial.number.to_string(), epochs.to_string(), ua, loss];
        trials.add_row(row.into_iter().chain(values).chain([widths(&trial.preset)]));
    }
    let more = tuning.trials.len().saturating_sub(SHOWN);
    if more > 0 { format!("{trials}\nand {more} more") } else { trials.to_string() }
}
