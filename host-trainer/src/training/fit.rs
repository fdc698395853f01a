use std::path::{Path, PathBuf};

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::balance::Balance;
use super::checkpoint::{self, TrainingSettings};
use super::contexts::ClipsBySpeaker;
use super::disturbed_clips::DisturbedClips;
use super::history::Epoch;
use super::init::Init;
use super::judges::Judges;
use super::setup::Setup;
use super::state::TrainingState;
use super::training_clip::TrainingClip;
use crate::augment::{Augmenter, Environments, Noises, Rooms};
use crate::corpus::Classes;
use crate::digest::digest;
use crate::features::{FrontEndSpec, Hearing, log_mel};
use crate::network::{FloatModel, Network, Weights};
use crate::preset::Preset;
use crate::{audio, files};

/// How to run a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The folder for `float.safetensors`, the best model so far, its JSON, `checkpoint.postcard`, and `history.jsonl`,
    /// a line of JSON for each epoch so far.
    pub out: PathBuf,
    /// All randomness comes from it.
    pub seed: u64,
    /// The checkpoint to go on from.
    pub resume: Option<PathBuf>,
    /// Recordings to disturb with.
    pub environments: Environments,
    /// A model to go on from instead of random weights.
    pub init: Option<Init>,
}

impl Options {
    /// From random weights, with noises and rooms that are made.
    #[must_use]
    pub fn new(out: &Path, seed: u64) -> Self {
        Self { out: out.to_owned(), seed, resume: None, environments: Environments::default(), init: None }
    }
}

/// Who looks on while a training runs.
pub struct Watch<'a> {
    /// Counts batches.
    pub bar: ProgressBar,
    /// Is told all epochs so far, and the index of the best, after each.
    pub after_epoch: &'a dyn Fn(&[Epoch], usize),
}

impl Default for Watch<'_> {
    /// Nobody.
    fn default() -> Self {
        Self { bar: ProgressBar::hidden(), after_epoch: &|_, _| () }
    }
}

/// What a training yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The best model, by validation loss; without validation the last.
    pub model: FloatModel,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// The index of the epoch after which the model was best.
    pub best_epoch: usize,
}

/// Fits a preset's network: each epoch draws as many clips as there are, balanced over corpora and classes, their
/// sound disturbed anew in every fourth epoch, their features, and what was heard of the speaker before, in all. The
/// best model is kept by validation loss, and training stops when six epochs in a row, or a tenth of them all, bring
/// no lower one, once the learning rate has fallen to a tenth.
///
/// Without validation clips every epoch is trained, the last model is kept and its temperature makes the mean
/// of its branches' logits. The same clips, options and machine give the same weights, bit for bit,
/// whatever the threads, also across a stop and a resume.
///
/// # Errors
/// A checkpoint that can't be resumed from, a file that can't be written, or a
/// loss that diverges. The best model so far is then in `float.safetensors`.
pub fn fit(
    preset: &Preset,
    classes: &Classes,
    train: &[TrainingClip],
    validation: &[TrainingClip],
    options: &Options,
    watch: &Watch<'_>,
) -> anyhow::Result<Trained> {
    let prepared = Prepared::new(preset, classes, train, validation, options);
    options.init.iter().try_for_each(|init| init.ensure_fit(preset))?;
    let setup = prepared.setup(preset, train, options);
    let model = |run: &TrainingState| prepared.model(preset, &run.best);
    let settings = prepared.settings(preset, train, validation, options)?;
    let save = |run: &TrainingState, is_better: bool| {
        if is_better {
            model(run).write(&options.out.join("float.safetensors"))?;
        }
        checkpoint::save(&options.out.join("checkpoint.postcard"), &settings, run)?;
        write_history(&options.out.join("history.jsonl"), &run.history)
    };
    let mut run = match &options.resume {
        None => TrainingState::start(&setup),
        Some(checkpoint) => {
            let run = checkpoint::load(checkpoint, &settings)?;
            // The checkpoint may lie elsewhere, and no epoch be left to do.
            save(&run, true)?;
            run
        }
    };
    let Watch { bar, after_epoch } = watch;
    let batches = setup.batches() * setup.branches.len();
    bar.set_length((preset.recipe.epochs * batches) as u64);
    bar.set_position((run.history.len() * batches) as u64);
    let mut disturbed = DisturbedClips::default();
    while !run.is_over(preset.recipe.epochs) {
        let is_better = run.epoch(&setup, &mut disturbed, bar)?;
        save(&run, is_better)?;
        after_epoch(&run.history, run.best_epoch);
    }
    bar.finish_and_clear();
    Ok(Trained { model: model(&run), history: run.history, best_epoch: run.best_epoch })
}

/// A line an epoch. All are written each time, as a run that was killed may have written one more than its checkpoint.
fn write_history(path: &Path, history: &[Epoch]) -> anyhow::Result<()> {
    let mut lines = Vec::new();
    for epoch in history {
        serde_json::to_writer(&mut lines, epoch)?;
        lines.push(b'\n');
    }
    files::write_whole(path, &lines)
}

/// What is computed once, before the first epoch.
pub(super) struct Prepared<'a> {
    labels: &'a [String],
    network: Network,
    branches: Vec<Network>,
    hearing: Hearing,
    noises: Noises<'a>,
    rooms: Rooms,
    judges: Judges,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(
        preset: &Preset,
        classes: &'a Classes,
        train: &'a [TrainingClip],
        validation: &[TrainingClip],
        options: &'a Options,
    ) -> Self {
        let fitted = || Hearing::fit(preset.front_end, &frames(train, &preset.front_end));
        let hearing = options.init.as_ref().map_or_else(fitted, |init| init.model().hearing.clone());
        let voices = train.iter().map(|clip| &clip.samples[..]).collect();
        let labels = classes.labels();
        let network = preset.network(labels.len());
        Self {
            labels,
            branches: network.branches(),
            network,
            noises: Noises {
                recordings: &options.environments.noises,
                voices,
                rate: preset.front_end.sample_rate,
            },
            rooms: Rooms::new(&options.environments.rooms),
            judges: Judges::new(validation, train, &hearing),
            hearing,
        }
    }

    pub(super) fn setup<'s>(
        &'s self,
        preset: &'s Preset,
        train: &'s [TrainingClip],
        options: &'s Options,
    ) -> Setup<'s> {
        Setup {
            network: &self.network,
            branches: &self.branches,
            labels: self.labels,
            recipe: &preset.recipe,
            seed: options.seed,
            balance: Balance::new(train, self.labels.len(), &preset.recipe.corpora),
            train,
            speakers: ClipsBySpeaker::of(train),
            augmenter: Augmenter {
                augmentation: preset.recipe.augmentation,
                hearing: &self.hearing,
                noises: &self.noises,
                rooms: &self.rooms,
            },
            init: options.init.as_ref(),
            judges: &self.judges,
        }
    }

    fn model(&self, preset: &Preset, weights: &Weights) -> FloatModel {
        let temperature = if self.judges.is_empty() {
            // Of the sum of as many logits that makes the mean.
            self.branches.len() as f32
        } else {
            self.judges.temperature(&self.network, weights) as f32
        };
        FloatModel {
            name: preset.name.clone(),
            labels: self.labels.to_vec(),
            hearing: self.hearing.clone(),
            network: self.network.clone(),
            weights: weights.clone(),
            temperature,
        }
    }

    pub(super) fn settings(
        &self,
        preset: &Preset,
        train: &[TrainingClip],
        validation: &[TrainingClip],
        options: &Options,
    ) -> anyhow::Result<TrainingSettings> {
        let mut hasher = blake3::Hasher::new();
        for part in [train, validation] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            for TrainingClip { samples, class, speaker, corpus, advice } in part {
                let known = digest(&(class, speaker, &**corpus, advice.as_deref(), samples.len()))?;
                hasher.update(known.as_bytes());
                audio::hash(samples, &mut hasher);
            }
        }
        Ok(TrainingSettings {
            preset: preset.name.clone(),
            front_end: preset.front_end,
            network: self.network.clone(),
            labels: self.labels.to_vec(),
            seed: options.seed,
            epochs: preset.recipe.epochs,
            recipe: digest(&preset.recipe)?.into(),
            recordings: hasher.finalize().into(),
            environments: options.environments.digest(),
            init: options.init.as_ref().map(Init::digest).transpose()?,
        })
    }
}

fn frames(clips: &[TrainingClip], front_end: &FrontEndSpec) -> Vec<Vec<i16>> {
    let window = |clip: &TrainingClip| audio::window(&clip.samples, front_end.window_samples as usize);
    clips.par_iter().map(|clip| log_mel(&window(clip), front_end)).collect()
}
