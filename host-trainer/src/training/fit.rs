use std::path::PathBuf;
use std::sync::Arc;

use indicatif::ProgressBar;
use rayon::prelude::*;

use super::checkpoint::{self, Settings};
use super::contexts::Speakers;
use super::prior::log_prior;
use super::run::{Epoch, Run, Setup};
use super::sounds::Sounds;
use super::{Teachers, temperature};
use crate::augment::{Augmenter, Noises};
use crate::corpus::Classes;
use crate::features::{FrontEndSpec, Hearing, Voice, log_mel};
use crate::network::{FloatModel, Network, Weights, infer};
use crate::preset::Preset;
use crate::{audio, files};

/// A labelled recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The whole recording, at the front end's sample rate; shared, as several trainings may learn from it.
    pub samples: Arc<[i16]>,
    /// Its index in [`Classes::labels`].
    pub class: usize,
    /// Who speaks: those of one speaker have the same number.
    pub speaker: usize,
}

/// How to run a training.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The folder for `float.postcard`, the best model so far, and `checkpoint.postcard`.
    pub out: PathBuf,
    /// All randomness comes from it.
    pub seed: u64,
    /// Whether to go on from the checkpoint.
    pub resume: bool,
    /// Recordings of noise to disturb with; without any, noise is made.
    pub noises: Vec<Vec<i16>>,
    /// Models to learn from beside the labels.
    pub teachers: Teachers,
}

/// Who looks on while a training runs.
pub struct Watch<'a> {
    /// Counts batches.
    pub bar: ProgressBar,
    /// Is told all epochs so far, and the index of the best, after each.
    pub after_epoch: &'a dyn Fn(&[Epoch], usize),
}

/// What a training yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Trained {
    /// The best model, by validation accuracy; without validation the last.
    pub model: FloatModel,
    /// Every epoch.
    pub history: Vec<Epoch>,
    /// The index of the epoch after which the model was best.
    pub best_epoch: usize,
}

/// Fits a preset's network: each epoch sees every training clip once, its sound disturbed anew in every fourth
/// epoch, its features, and what was heard of the speaker before, in all. The best model is kept by validation accuracy, and training stops when six epochs
/// in a row, or a tenth of them all, bring neither a higher one nor a lower loss.
///
/// Without validation clips every epoch is trained, the last model is kept and its temperature makes the mean
/// of its branches' logits. The same examples, options and machine give the same weights, bit for bit,
/// whatever the threads, also across a stop and a resume.
///
/// # Errors
/// A checkpoint that can't be resumed from, a teacher that doesn't fit, a file that can't be written, or a
/// loss that diverges. The best model so far is then in `float.postcard`.
pub fn fit(
    preset: &Preset,
    classes: &Classes,
    train: &[Example],
    validation: &[Example],
    options: &Options,
    watch: &Watch<'_>,
) -> anyhow::Result<Trained> {
    let prepared = Prepared::new(preset, classes, train, validation, options);
    options.teachers.ensure_fit(prepared.labels, &prepared.hearing)?;
    let setup = prepared.setup(preset, train, options);
    let model = |run: &Run| prepared.model(preset, &run.best);
    let settings = prepared.settings(preset, train, validation, options);
    let checkpoint = options.out.join("checkpoint.postcard");
    let mut run = if options.resume { checkpoint::load(&checkpoint, &settings)? } else { Run::start(&setup) };
    let Watch { bar, after_epoch } = watch;
    let batches = setup.batches() * setup.branches.len();
    bar.set_length((preset.recipe.epochs * batches) as u64);
    bar.set_position((run.history.len() * batches) as u64);
    let mut sounds = Sounds::default();
    while !run.is_over(preset.recipe.epochs) {
        if run.epoch(&setup, &mut sounds, bar)? {
            files::write_whole(&options.out.join("float.postcard"), &postcard::to_stdvec(&model(&run))?)?;
        }
        checkpoint::save(&checkpoint, &settings, &run)?;
        after_epoch(&run.history, run.best_epoch);
    }
    bar.finish_and_clear();
    Ok(Trained { model: model(&run), history: run.history, best_epoch: run.best_epoch })
}

/// What is computed once, before the first epoch.
pub(super) struct Prepared<'a> {
    labels: &'a [String],
    network: Network,
    branches: Vec<Network>,
    hearing: Hearing,
    noises: Noises<'a>,
    validation_inputs: Vec<Vec<f32>>,
    validation_classes: Vec<usize>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(
        preset: &Preset,
        classes: &'a Classes,
        train: &'a [Example],
        validation: &[Example],
        options: &Options,
    ) -> Self {
        let hearing = Hearing::fit(preset.front_end, &frames(train, &preset.front_end));
        let voices = train.iter().map(|example| &example.samples[..]).collect();
        let labels = classes.labels();
        let network = preset.network(labels.len());
        Self {
            labels,
            branches: network.branches(),
            network,
            noises: Noises {
                recordings: options.noises.clone(),
                voices,
                sample_rate: preset.front_end.sample_rate,
            },
            validation_inputs: inputs(validation, &hearing),
            validation_classes: validation.iter().map(|example| example.class).collect(),
            hearing,
        }
    }

    pub(super) fn setup<'s>(
        &'s self,
        preset: &Preset,
        train: &'s [Example],
        options: &'s Options,
    ) -> Setup<'s> {
        Setup {
            network: &self.network,
            branches: &self.branches,
            recipe: preset.recipe,
            seed: options.seed,
            classes: self.labels.len(),
            log_prior: log_prior(train.iter().map(|example| example.class), self.labels.len()),
            train,
            speakers: Speakers::of(train),
            augmenter: Augmenter {
                augmentation: preset.recipe.augmentation,
                hearing: &self.hearing,
                noises: &self.noises,
            },
            teachers: &options.teachers,
            validation_inputs: &self.validation_inputs,
            validation_classes: &self.validation_classes,
        }
    }

    fn model(&self, preset: &Preset, weights: &Weights) -> FloatModel {
        let temperature = if self.validation_inputs.is_empty() {
            // Of the sum of as many logits that makes the mean.
            self.branches.len() as f32
        } else {
            let logits = infer::logits(&self.network, weights, &self.validation_inputs);
            temperature::fit(&logits, &self.validation_classes)
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
        train: &[Example],
        validation: &[Example],
        options: &Options,
    ) -> Settings {
        let mut hasher = blake3::Hasher::new();
        let mut add = |numbers: [usize; 2], samples: &[i16]| {
            for number in numbers.into_iter().chain([samples.len()]) {
                hasher.update(&(number as u64).to_le_bytes());
            }
            let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            hasher.update(&bytes);
        };
        for part in [train, validation] {
            add([part.len(), 0], &[]);
            part.iter().for_each(|example| add([example.class, example.speaker], &example.samples));
        }
        options.noises.iter().for_each(|noise| add([0; 2], noise));
        Settings {
            preset: preset.name.clone(),
            front_end: preset.front_end,
            network: self.network.clone(),
            labels: self.labels.to_vec(),
            seed: options.seed,
            epochs: preset.recipe.epochs,
            recipe: format!("{:?}", preset.recipe),
            recordings: hasher.finalize().into(),
            teachers: options.teachers.digest(),
        }
    }
}

fn frames(examples: &[Example], front_end: &FrontEndSpec) -> Vec<Vec<i16>> {
    let window = |example: &Example| audio::window(&example.samples, front_end.window_samples as usize);
    examples.par_iter().map(|example| log_mel(&window(example), front_end)).collect()
}

/// Of voices that are not known.
fn inputs(examples: &[Example], hearing: &Hearing) -> Vec<Vec<f32>> {
    let window =
        |example: &Example| audio::window(&example.samples, hearing.front_end.window_samples as usize);
    examples.par_iter().map(|example| hearing.input(&window(example), &Voice::default())).collect()
}
