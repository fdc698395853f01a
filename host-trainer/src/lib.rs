//! Trains, quantises and evaluates the models that `engine` runs.
//!
//! The way of a recording: [`corpus`] finds and labels it, [`audio`] decodes it to samples at a front end's
//! rate, [`augment`] disturbs it by what [`acoustics`] knows, [`features`] asks the engine for its mel frames, [`network`]
//! describes and runs the float network that [`training`] fits with the tape operators of [`ops`],
//! [`quantise`] turns it into a blob, [`evaluate`] scores that blob with the engine's own int8 code and
//! [`report`] draws what came out. `crossval` does all of it for every fold of speakers, `tune` looks for better
//! hyperparameters. `teacher` reads what another model says of recordings, to learn from it. [`synth`] makes the built-in
//! corpus, [`cache`] keeps samples between runs, `listen` hears a microphone as a device does. [`commands`] is the command
//! line.

pub mod acoustics;
pub mod audio;
pub mod augment;
pub mod cache;
pub mod commands;
pub mod corpus;
mod crossval;
mod digest;
pub mod evaluate;
pub mod features;
pub mod files;
pub mod import;
pub mod listen;
pub mod network;
pub mod ops;
pub mod preset;
mod progress;
pub mod quantise;
mod record;
mod recordings;
pub mod report;
mod run_folder;
mod settings;
pub mod source;
pub mod synth;
mod table;
mod teacher;
pub mod tensor;
pub mod training;
mod tune;
mod workers;

/// The model that is used where none is named: the `small` preset, trained on recordings of people.
pub const SHIPPED_MODEL: &[u8] = include_bytes!("../models/small.postcard");

/// Its preset's name and its [float model](network::FloatModel), JSON and tensors, from which a training can go on.
const SHIPPED_FLOAT_MODELS: [(&str, &[u8], &[u8]); 1] =
    [("small", include_bytes!("../models/small.json"), include_bytes!("../models/small.safetensors"))];
