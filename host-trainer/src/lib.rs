//! Trains, quantises and evaluates the models that [`prosodia`] runs.
//!
//! The way of a recording: [`corpus`] finds and labels it, [`audio`] decodes it to samples at a front end's rate, and
//! [`recordings`] keeps it in memory. [`augment`] disturbs it by what [`acoustics`] knows, [`features`] asks the engine
//! for its mel frames, [`network`] describes and runs the float network that [`training`] fits with the tape operators
//! of [`ops`], [`quantise`] turns it into a blob, [`evaluate`] scores that blob with the engine's own int8 code, and
//! [`report`] draws what came out. `crossval` does all of it for every fold of speakers, `tune` looks for better
//! hyperparameters. `teacher` reads what another model says of recordings, to learn from it. [`synth`] makes the
//! built-in corpus, [`cache`] keeps samples between runs, [`listen`] hears a microphone as a device does. [`commands`]
//! is the command line.
//!
//! A recording has a type for each stage of that way:
//!
//! | type | what it is | made by |
//! | --- | --- | --- |
//! | [`corpus::Clip`] | a labelled file, not yet read: path, corpus, speaker, label | [`corpus::scan`] |
//! | [`recordings::Recordings`] | all clips, with their samples | [`load`](recordings::Recordings::load) |
//! | [`training::TrainingClip`] | samples to learn from, and their class | [`training_clips`] |
//! | `DisturbedClip` | mel frames of a training clip, its sound disturbed for some epochs | [`training::fit`] |
//! | [`evaluate::TestClip`] | a window to score on, and its class | [`test_set`](recordings::Recordings::test_set) |
//! | [`evaluate::Answer`] | what a model says of a test clip | [`ask`](evaluate::Answers::ask) |
//!
//! [`training_clips`]: recordings::Recordings::training_clips
//!
//! From recordings to a model, and to how good it is for people whom it has not heard, is a few calls. A
//! cross-validation is as many of them as there are speakers:
//!
//! ```no_run
//! use std::path::Path;
//!
//! use host_trainer::corpus::{Sources, by_test_speakers};
//! use host_trainer::evaluate::{Answers, Comparison};
//! use host_trainer::preset::Preset;
//! use host_trainer::quantise;
//! use host_trainer::recordings::Recordings;
//! use host_trainer::training::{Options, Watch, fit};
//!
//! let preset = Preset::load("small".as_ref())?;
//! let window = preset.front_end.window_samples as usize;
//! let sources = Sources { paths: vec!["recordings".into()], ..Sources::default() };
//! let recordings = Recordings::load(&sources, preset.front_end.sample_rate, None)?;
//! for speaker in ["anna", "ben", "carl"].map(str::to_owned) {
//!     let parts = by_test_speakers(&recordings.clips, &recordings.classes, None, &[speaker.clone()])?;
//!     let learnt = recordings.training_clips(&parts.train);
//!     let options = Options::new(&Path::new("out").join(&speaker), 1);
//!     let trained = fit(&preset, &recordings.classes, &learnt, &[], &options, &Watch::default())?;
//!     let blob = quantise::export(&trained.model, &recordings.calibration(&parts.train, window))?;
//!     let answers = Answers::ask(&trained.model, &blob, &recordings.test_set(&parts.test, window))?;
//!     println!("{speaker}: UA {:.1} %", 100.0 * Comparison::from(&answers).int8.ua());
//! }
//! # Ok::<(), anyhow::Error>(())
//! ```
//!
//! Whole programs are in `examples`: `wav_to_emotion`, `own_labels`, `sound_card`. What `report.html` shows of a
//! training comes from [`report::write`].

pub mod acoustics;
pub mod audio;
pub mod augment;
pub mod cache;
pub mod commands;
mod complaint;
pub mod corpus;
mod crossval;
mod data_table;
mod digest;
pub mod evaluate;
pub mod features;
pub mod files;
pub mod import;
mod json_text;
pub mod listen;
pub mod network;
pub mod ops;
pub mod preset;
mod progress;
pub mod quantise;
mod record;
pub mod recordings;
pub mod report;
mod run_folder;
mod settings;
mod shipped;
pub mod source_code;
pub mod synth;
mod table;
mod teacher;
pub mod tensor;
pub mod training;
mod tune;
mod unpanicked;
mod workers;

pub use complaint::complaint;
pub use shipped::SHIPPED_MODEL;

/// The engine, of the version whose types are used here.
pub use engine as prosodia;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
