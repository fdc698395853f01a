use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Context;
use clap::{ArgGroup, Args};
use comfy_table::Table;

use super::confusion::counts;
use super::environments::EnvironmentFolders;
use super::learnt::LearntRecordings;
use super::output;
use super::preset::PresetChoice;
use super::values::positive;
use crate::crossval::{
    self, Adapted, Against, By, CrossvalFacts, CrossvalResults, CrossvalSettings, Cut, Fold, Folds, Gain,
    Mean, Protocol, Task, Trainings,
};
use crate::evaluate::{Both, Calibration, Interval, OfScores, Scores};
use crate::files::{self, Lock};
use crate::recordings::Recordings;
use crate::settings::WorkSettings;
use crate::table::{percent, table};
use crate::teacher::Teacher;
use crate::{record, report};

#[derive(Debug, Args)]
#[command(mut_arg("data", |data| data.required(true)))]
#[command(group(ArgGroup::new("protocol").args(["folds", "by"]).required(true)))]
pub(super) struct Crossval {
    #[command(flatten)]
    recordings: LearntRecordings,
    /// JSON with the test speakers of each fold:
    /// {"corpus":"ravdess","classes":"eight","folds":[["01","11"],["04","10"]]}.
    #[arg(long, value_name = "FILE")]
    folds: Option<PathBuf>,
    /// Makes the folds from the recordings: one a corpus, or six of speakers.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// For choosing between presets without opening a test fold: each fold leaves its own test speakers out altogether
    /// and is scored on those of the next.
    #[arg(long)]
    inner: bool,
    /// Trains only this part, so that any scheduler can spread the parts over machines; a run without it gathers
    /// what is there and trains what is left.
    #[arg(long, value_name = "FOLD/SEED", conflicts_with = "against")]
    only: Option<Task>,
    /// Folder for the models and their figures. Trainings that are finished in it are not repeated, interrupted
    /// ones go on.
    #[arg(long, value_name = "DIR", default_value = "crossval")]
    out: PathBuf,
    #[command(flatten)]
    preset: PresetChoice,
    #[command(flatten)]
    environments: EnvironmentFolders,
    /// Trains each fold with the seeds from 1 to N.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    /// Trainings at a time, which share the cores; as many as there are cores if left out. The figures don't
    /// depend on it.
    #[arg(long, value_name = "N", value_parser = positive)]
    jobs: Option<NonZeroUsize>,
    /// Folder with a teacher's answers to the training clips of each fold, to learn from beside the labels:
    /// DIR/fold-N/teacher.csv (or teacher.parquet), as --teacher-logits of train takes it. May be given more than once.
    #[arg(long, value_name = "DIR")]
    teacher_logits: Vec<PathBuf>,
    /// Only writes down who would be learnt from and tested: train.csv and test.csv in DIR/fold-N of --out.
    #[arg(long, conflicts_with_all = ["only", "teacher_logits", "against"])]
    dry_run: bool,
    /// The folder of another cross-validation on the same test clips to compare with.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Crossval {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let preset = self.preset.preset(None)?;
        let protocol = self.protocol()?;
        let folds = if let Protocol::Folds(folds) = &protocol { Some(folds) } else { None };
        let count = folds.map(|folds| folds.folds.len());
        self.ensure_fold(count)?;
        self.only.iter().try_for_each(|task| task.ensure_gathered(self.seeds))?;
        Teacher::look_at_folds(&self.teacher_logits, count)?;
        let against = self.against.as_deref().map(Against::read).transpose()?;
        self.ensure_own_folds()?;
        files::ensure_outside(&self.out, self.recordings.read())?;
        let environments = self.environments.load(&preset)?;
        let _lock = self.only.is_none().then(|| Lock::take(&self.out)).transpose()?;
        let recordings = self.recordings.load(&preset, folds.and_then(|folds| folds.classes.clone()))?;
        let cuts = self.cuts(&protocol, &recordings)?;
        self.ensure_fold(Some(cuts.len()))?;
        if let Some(against) = &against {
            let tested: Vec<_> = cuts.iter().flat_map(|cut| recordings.clips_of(&cut.parts.test)).collect();
            against.ensure_comparable(&tested)?;
        }
        if self.dry_run {
            record::write_run(&self.out, &recordings, 1)?;
            for (fold, cut) in (1..).zip(&cuts) {
                record::write_parts(&self.out.join(format!("fold-{fold}")), &recordings.clips, &cut.parts)?;
            }
            eprintln!(
                "wrote the lists of each fold's recordings to {}; nothing was trained",
                self.out.display()
            );
            return Ok(());
        }
        let teachers = self.teachers(&recordings, &cuts)?;
        let facts = CrossvalFacts {
            protocol: protocol.name(),
            inner: self.inner,
            preset: preset.name.clone(),
            classes: recordings.classes.clone(),
            epochs: preset.recipe.epochs,
            demonstration: recordings.are_synthetic(),
        };
        let trainings = Trainings {
            preset: &preset,
            recordings: &recordings,
            cuts: &cuts,
            teachers: &teachers,
            environments: &environments,
            out: &self.out,
        };
        let digest = environments.digest();
        let digests = teachers.iter().map(|teacher| teacher.digest().into()).collect();
        let trained =
            CrossvalSettings { protocol, inner: self.inner, teachers: digests, environments: digest };
        WorkSettings::new(&preset, &recordings, trained)?.claim(&self.out)?;

        if let Some(task) = self.only {
            let outcome = trainings.only(task)?;
            return if self.json { output::json(&outcome) } else { Ok(()) };
        }
        let outcomes = trainings.run(self.seeds, self.jobs)?;
        let mut summary = CrossvalResults::new(facts, trainings.footprint()?, &cuts, &outcomes)?;
        let answers: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.answers.answers).collect();
        summary.difference = against.map(|against| against.difference(&answers)).transpose()?;
        report::write_crossval(&summary, &self.out)?;
        if let Some(warning) = summary.quantisation.warning() {
            eprintln!("warning: {warning}");
        }
        eprintln!("wrote crossval.json and report.html to {}", self.out.display());
        if self.json { output::json(&summary) } else { output::line(&text(&summary)) }
    }

    /// Folds that neither a cross-validation nor its `--dry-run` wrote are somebody's own, and are not replaced.
    fn ensure_own_folds(&self) -> anyhow::Result<()> {
        let fold = self.out.join("fold-1");
        let is_own = self.out.join("settings.json").exists() || record::is_in(&self.out);
        if fold.exists() && !is_own {
            return Err(files::not_written_by("cross-validation", &fold));
        }
        Ok(())
    }

    /// The part that is to be trained alone is of one of the folds, as far as it is known how many there are.
    fn ensure_fold(&self, folds: Option<usize>) -> anyhow::Result<()> {
        self.only.zip(folds).map_or(Ok(()), |(task, folds)| task.ensure_among(folds))
    }

    fn protocol(&self) -> anyhow::Result<Protocol> {
        let folds = self.folds.as_deref().map(|path| Ok(Protocol::Folds(Folds::read(path)?)));
        folds.unwrap_or_else(|| Ok(Protocol::By(self.by.context("give --folds or --by")?)))
    }

    /// What each fold learns from beside the labels.
    fn teachers(&self, recordings: &Recordings, cuts: &[Cut]) -> anyhow::Result<Vec<Teacher>> {
        let teacher = |(fold, cut): (usize, &Cut)| {
            let absent = recordings.absent(&cut.parts);
            let teacher = Teacher::of_fold(&self.teacher_logits, fold, recordings.classes.labels(), &absent)?;
            recordings.ensure_taught(&teacher, &cut.parts).with_context(|| format!("fold {fold}"))?;
            Ok(teacher)
        };
        (1..).zip(cuts).map(teacher).collect()
    }

    fn cuts(&self, protocol: &Protocol, recordings: &Recordings) -> anyhow::Result<Vec<Cut>> {
        let cuts =
            protocol.cut(&recordings.clips, &recordings.classes).with_context(|| match &self.folds {
                Some(folds) => format!("cannot use the folds in {}", folds.display()),
                None => "cannot cut the recordings into folds".to_owned(),
            })?;
        if self.inner { crossval::inner(&cuts) } else { Ok(cuts) }
    }
}

/// What a terminal shows of it.
fn text(summary: &CrossvalResults) -> String {
    let header = ["fold", "test speakers", "clips", "WA % float", "UA % float", "WA % int8", "UA % int8"];
    let mut folds = table(header);
    let scores = |Both { float, int8 }: &Both<Scores>| [float.wa, float.ua, int8.wa, int8.ua].map(percent);
    let intervals = |Both { float, int8 }: &Both<OfScores>| {
        [float.wa, float.ua, int8.wa, int8.ua].map(Interval::percents)
    };
    let mut row = |name: &str, speakers: &str, clips: &str, figures: [String; 4]| {
        folds.add_row([name, speakers, clips].map(str::to_owned).into_iter().chain(figures));
    };
    for fold in &summary.folds {
        row(&fold.name, &fold.who(), &fold.clips.to_string(), scores(&fold.scores));
    }
    row("mean", "", "", scores(&summary.mean.scores));
    row("mean, 95 %", "", "", intervals(&summary.intervals));
    row("all seeds together", "", "", scores(&summary.together.scores));
    row("all seeds together, 95 %", "", "", intervals(&summary.together.intervals));
    if let Some(spread) = &summary.spread {
        row("spread over seeds", "", "", scores(spread));
    }

    let mut groups = table(["", "float %", "int8 %"]);
    let emotions = summary.emotions.iter().map(|row| (format!("recall, {}", row.emotion), row.recall));
    let sexes = summary.sexes.iter().map(|row| (format!("UA, {}", row.sex.name()), row.scores.map(|s| s.ua)));
    for (name, Both { float, int8 }) in emotions.chain(sexes) {
        groups.add_row([name, percent(float), percent(int8)]);
    }
    let confusion = counts(&summary.confusion.int8);
    let difference = summary.difference.as_ref().map_or(String::new(), |difference| {
        let gains = difference.gains().map(|(classes, gain)| format!("{classes}: {}", gained(gain)));
        format!("\n\nagainst {}\n{}", difference.against.display(), gains.join("\n"))
    });
    let after = after(summary).map_or(String::new(), |table| format!("\n\n{table}"));
    let believed = believed(&summary.folds);
    format!("{folds}\n\n{believed}{after}{difference}\n\n{groups}\n\nint8, all folds and seeds:\n{confusion}")
}

fn gained(gain: &Gain) -> String {
    let Gain { ua, ua_interval, loss, loss_interval } = gain;
    format!(
        "UA {} points ({}), loss {loss:+.3} ({})",
        percent(*ua),
        Interval::percents(*ua_interval),
        Interval::text(*loss_interval, |loss| format!("{loss:+.3}"))
    )
}

/// How far each fold's figures and confidence can be believed.
fn believed(folds: &[Fold]) -> Table {
    let mut table = table(["int8", "UA %, 95 %", "mean confidence %", "ECE", "ECE by chance"]);
    for Fold { name, intervals, calibration, .. } in folds {
        let Calibration { confidence, ece, ece_by_chance } = *calibration;
        let ends = Interval::percents(intervals.int8.ua);
        table.add_row([
            name.clone(),
            ends,
            percent(confidence),
            format!("{ece:.3}"),
            format!("{ece_by_chance:.3}"),
        ]);
    }
    table
}

/// The mean over the folds by how much was heard of the speaker before; None for models that learn no voices.
fn after(summary: &CrossvalResults) -> Option<Table> {
    let Mean { scores, adapted } = &summary.mean;
    adapted.first()?;
    let mut after = table(["heard before of the same speaker, unlabelled", "WA % int8", "UA % int8"]);
    let fresh = Adapted { seconds: 0, scores: scores.int8 };
    for Adapted { seconds, scores } in [fresh].iter().chain(adapted) {
        after.add_row([format!("{seconds} s"), percent(scores.wa), percent(scores.ua)]);
    }
    Some(after)
}
