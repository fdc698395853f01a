use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use super::environments::EnvironmentFolders;
use super::learnt::LearntRecordings;
use super::preset::PresetChoice;
use super::teacher_logits::TeacherLogits;
use super::values::trimmed;
use crate::corpus::{self, Clip, Parts, Split};
use crate::crossval::AnswersToStrangers;
use crate::evaluate::{Comparison, Interval};
use crate::files;
use crate::preset::{Preset, Recipe};
use crate::recordings::Recordings;
use crate::run_folder::RunFolder;
use crate::table::percent;
use crate::teacher::Teacher;
use crate::training::{Epoch, Init, Options, Trained, Validation, Watch, fit};
use crate::{progress, quantise, record, report, synth};

/// Epochs on the built-in corpus, which is easier than speech, unless the command line says otherwise.
const DEMONSTRATION_EPOCHS: usize = 20;
/// The seed of the built-in corpus, that of the `synth` command.
const DEMONSTRATION_SEED: u64 = 0;
/// What a run on the built-in corpus says of itself.
const DEMONSTRATION: &str = "The recordings are the built-in corpus: synthetic, spoken by no one, for demonstration. \
                             The figures say nothing about people; give --data to train on real recordings.";

/// Fewer steps of the optimiser teach hardly anything.
const FEWEST_STEPS: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Train {
    #[command(flatten)]
    recordings: LearntRecordings,
    /// Folder for the model, its figures and the checkpoint. An earlier run's are replaced once this one is finished.
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    #[command(flatten)]
    preset: PresetChoice,
    #[command(flatten)]
    environments: EnvironmentFolders,
    /// How recordings are shared out; the figures of a random split are inflated. By speaker if left out, unless no
    /// recording has one.
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Speakers to test on, of any corpus; everyone else is learnt from, for all epochs, without validation.
    #[arg(long, value_name = "A,B,...", value_delimiter = ',', value_parser = trimmed, conflicts_with = "split")]
    test_speakers: Vec<String>,
    /// Seed of all randomness.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Go on with the run in the output folder that was interrupted.
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    teacher_logits: TeacherLogits,
    /// The folder of a cross-validation with the same preset and labels, from whose answers to people who were not
    /// heard the model's temperature is taken, so that its confidence is the share of answers that are right.
    #[arg(long, value_name = "DIR", requires = "test_speakers")]
    temperature_from: Option<PathBuf>,
    /// Only writes down who would be learnt from, validated and tested: train.csv, validation.csv and test.csv in
    /// --out, and by which command in run.json.
    #[arg(long)]
    dry_run: bool,
    /// A trained model to go on from, at a tenth of the learning rate: that of a built-in preset by its name (small),
    /// or the float.safetensors of a training. Labels that it knows keep what it knows of them.
    #[arg(long, value_name = "MODEL")]
    init: Option<PathBuf>,
}

impl Train {
    pub(super) fn run(mut self) -> anyhow::Result<()> {
        self.ensure_nothing_is_written_over()?;
        let is_demonstration = self.recordings.data.is_empty();
        let mut preset = self.preset.preset(is_demonstration.then_some(DEMONSTRATION_EPOCHS))?;
        let init = self.init.as_deref().map(Init::load).transpose()?;
        if let Some(init) = &init {
            init.ensure_fit(&preset)?;
            preset.recipe.learning_rate *= Init::LEARNING_RATE_SHARE;
        }
        let answers = self.teacher_logits.files()?;
        let strangers = self.temperature_from.as_deref().map(AnswersToStrangers::read).transpose()?;
        let other_preset = strangers.as_ref().and_then(|answers| answers.warning(&preset));
        other_preset.iter().for_each(|warning| eprintln!("warning: {warning}"));
        let environments = self.environments.load(&preset)?;
        let folder = RunFolder::claim(&self.out)?;
        let checkpoint = self.resume.then(|| folder.checkpoint()).transpose()?;
        if is_demonstration {
            self.recordings.data.push(self.built_in_corpus()?);
        }
        let recordings = self.recordings.load(&preset, None)?;
        if recordings.are_synthetic() {
            eprintln!("{DEMONSTRATION}");
        }
        let split = self.split(&recordings.clips);
        let parts = self.parts(&recordings, split)?;
        let Parts { train, validation, test } = &parts;
        eprintln!(
            "{} clips to train on, {} to validate, {} to test",
            train.len(),
            validation.len(),
            test.len()
        );
        eprintln!("tested are {}", corpus::people(&recordings.clips_of(test)));

        let absent = recordings.absent(&parts);
        for label in &absent {
            if recordings.has(label) {
                eprintln!(
                    "warning: \"{label}\" is not among the clips to train on: the model will not say it"
                );
            }
        }

        let teacher = Teacher::read(&answers, recordings.classes.labels(), &absent)?;
        recordings.ensure_taught(&teacher, &parts)?;
        let temperature = strangers.map(|answers| temperature(&answers, &recordings, &parts)).transpose()?;
        if self.dry_run {
            ensure!(
                !RunFolder::is_used(&self.out),
                "{} has a training, whose lists are others; choose another --out for a --dry-run",
                self.out.display()
            );
            record::write_run(&self.out, &recordings, self.seed)?;
            record::write_parts(&self.out, &recordings.clips, &parts)?;
            eprintln!("wrote the lists of recordings to {}; nothing was trained", self.out.display());
            return Ok(());
        }
        folder.begin(checkpoint.as_deref())?;
        let options = Options { out: folder.work(), seed: self.seed, resume: checkpoint, environments, init };
        let learnt = recordings.taught(train, &teacher);
        if let Some(warning) = too_short(&preset.recipe, learnt.len()) {
            eprintln!("{warning}");
        }
        let validated = recordings.training_clips(validation);
        let bar = progress::bar(0, "training");
        let after_epoch = |history: &[Epoch], best| bar.suspend(|| print_latest(history, best));
        let watch = Watch { bar: bar.clone(), after_epoch: &after_epoch };
        let mut trained = fit(&preset, &recordings.classes, &learnt, &validated, &options, &watch)?;
        eprintln!("the model is that of epoch {}", trained.best_epoch + 1);
        if let Some(temperature) = temperature {
            trained.model.temperature *= temperature;
            trained.model.write(&options.out.join("float.safetensors"))?;
        }
        record::write(&options.out, &preset, &recordings, self.seed)?;
        record::write_parts(&options.out, &recordings.clips, &parts)?;
        self.finish(&preset, &recordings, (split, &parts), &trained, &folder)
    }

    /// What is read may lie anywhere but among the results.
    fn ensure_nothing_is_written_over(&self) -> anyhow::Result<()> {
        let preset = Some(&self.preset.preset).filter(|_| !self.resume);
        let others = self.teacher_logits.read().chain(preset.map(PathBuf::as_path));
        files::ensure_outside(&self.out, self.recordings.read().chain(others))
    }

    fn parts(&self, Recordings { clips, classes, .. }: &Recordings, split: Split) -> anyhow::Result<Parts> {
        if self.test_speakers.is_empty() {
            return corpus::split(clips, classes, split, self.seed);
        }
        corpus::by_test_speakers(clips, classes, None, &self.test_speakers)
    }

    /// The split that was asked for, or the one that recordings allow.
    fn split(&self, clips: &[Clip]) -> Split {
        let all = clips.len();
        let unknown = clips.iter().filter(|clip| !clip.has_speaker()).count();
        if unknown == 0 || !self.test_speakers.is_empty() {
            return self.split.unwrap_or_default();
        }
        let split = self.split.unwrap_or(if unknown == all { Split::Random } else { Split::Speaker });
        let what_follows = match split {
            Split::Random => "people may be in training and in test, and figures are then too high",
            Split::Speaker => "in the split they count as one person",
        };
        eprintln!(
            "warning: {unknown} of {all} recordings without a speaker: {what_follows}; name their speakers if you can"
        );
        split
    }

    /// Quantises, scores and reports what was trained.
    fn finish(
        &self,
        preset: &Preset,
        recordings: &Recordings,
        (split, parts): (Split, &Parts),
        trained: &Trained,
        folder: &RunFolder,
    ) -> anyhow::Result<()> {
        let length = preset.front_end.window_samples as usize;
        let blob = quantise::export(&trained.model, &recordings.calibration(&parts.train, length))?;
        let out = folder.work();
        files::write_whole(&out.join("model.postcard"), &blob)?;
        let run = report::FinishedTraining {
            preset: &preset.name,
            classes: &recordings.classes,
            split,
            seed: self.seed,
            demonstration: recordings.are_synthetic(),
            train: &recordings.clips_of(&parts.train),
            validation: &recordings.clips_of(&parts.validation),
            test: &recordings.test_set(&parts.test, length),
            whole: &recordings.whole(&parts.test).map(|(_, samples)| samples).collect::<Vec<_>>(),
            history: &trained.history,
            best_epoch: trained.best_epoch,
            model: &trained.model,
            blob: &blob,
        };
        let Comparison { float, int8, agreement, intervals, quantisation, .. } = report::write(&run, &out)?;
        folder.publish()?;
        for (arithmetic, confusion, intervals) in
            [("float", float, intervals.float), ("int8", int8, intervals.int8)]
        {
            eprintln!(
                "test, {arithmetic}: WA {} % ({}), UA {} % ({})",
                percent(confusion.wa()),
                Interval::percents(intervals.wa),
                percent(confusion.ua()),
                Interval::percents(intervals.ua)
            );
        }
        eprintln!("float and int8 agree on {:.1} % of the test clips", 100.0 * agreement);
        if let Some(warning) = quantisation.warning() {
            eprintln!("warning: {warning}");
        }
        if recordings.are_synthetic() {
            eprintln!("{DEMONSTRATION}");
        }
        eprintln!("wrote model.postcard, metrics.json and report.html to {}", self.out.display());
        Ok(())
    }

    /// Writes the built-in corpus, to be learnt from where no recordings are named; says where.
    fn built_in_corpus(&self) -> anyhow::Result<PathBuf> {
        let folder = self.out.join("built-in-corpus");
        synth::write_corpus(&folder, synth::DEFAULT_CLIPS, DEMONSTRATION_SEED)?;
        Ok(folder)
    }
}

/// What the logits of a model without validation clips are to be divided by, as a cross-validation says.
fn temperature(answers: &AnswersToStrangers, recordings: &Recordings, parts: &Parts) -> anyhow::Result<f32> {
    let tested = recordings.clips_of(&parts.test);
    let temperature = answers.temperature(recordings.classes.labels(), &tested)?;
    eprintln!("the temperature is {temperature:.3} times that of the branches' mean");
    Ok(temperature as f32)
}

/// What to say of a training that ends before its learning rate has risen: the first step's is 0.
fn too_short(recipe: &Recipe, clips: usize) -> Option<String> {
    let steps = clips.div_ceil(recipe.batch) * recipe.epochs;
    (steps < FEWEST_STEPS).then(|| {
        format!(
            "warning: the steps of this training, {steps}, teach hardly anything; give more clips or --epochs"
        )
    })
}

/// Prints the latest epoch.
fn print_latest(history: &[Epoch], best_epoch: usize) {
    let Some(epoch) = history.last() else { return };
    let validation = epoch.validation.map(|Validation { loss, accuracy, ua }| {
        let best = if best_epoch + 1 == history.len() { ", best so far" } else { "" };
        let [accuracy, ua] = [accuracy, ua].map(|share| 100.0 * share);
        format!("; validation loss {loss:.3}, accuracy {accuracy:.1} %, UA {ua:.1} %{best}")
    });
    eprintln!(
        "epoch {}: loss {:.3}, accuracy {:.1} %{}",
        history.len(),
        epoch.train_loss,
        100.0 * epoch.train_accuracy,
        validation.unwrap_or_default()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_of_few_steps_is_told() {
        let recipe = |epochs| Recipe { batch: 32, epochs, ..Preset::load("tiny".as_ref()).unwrap().recipe };
        assert!(too_short(&recipe(1), 12).unwrap().contains("this training, 1, teach"));
        assert!(too_short(&recipe(10), 33).is_none());
    }
}
