#![doc = include_str!("../README.md")]
//!
//! # Where to look
//!
//! | for | see |
//! | --- | --- |
//! | recordings, streams with a gate of one's own | [`Classifier`], or [`Session`], whose arena is lent |
//! | a microphone | [`listen::Listener`], or [`listen::Session`] |
//! | a PDM microphone's bits | [`listen::Decimator`] |
//! | another sample rate | [`listen::Filter`], [`listen::Resampler`] |
//! | what was heard | [`Classification`], [`listen::Event`], [`listen::Opinion`], [`Emotion`], [`listen::Affect`] |
//! | when something is said, and how sure it must be | [`listen::Settings`] |
//! | a speaker who is known | [`Voice`], [`listen::Listener::enrol`] |
//! | a network alone | [`Network`] |
//! | what is in a model | [`Model`], [`Runnable`], [`Labels`], [`Pace`] |
//! | a picture of the sound | [`front_end::MelFrames`] |
//! | models at compile time | [`include_model!`], [`arena_bytes`], [`sample_rate`], [`row_len`] |
//! | what can go wrong | [`LoadError`] while a model is loaded, [`NotReady`] before and between answers |
//! | which kernels were compiled in | [`BACKEND`] |
#![no_std]
#![deny(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "std")]
extern crate std;

mod arena;
mod classification;
mod classifier;
mod emotion;
mod error;
pub mod front_end;
pub mod listen;
mod logit_offsets;
mod network;
mod session;

// What the trainer, the simulator and the tests are built on. Without the feature, what only they use goes unused.
#[cfg(feature = "unstable")]
pub mod blob;
#[cfg(not(feature = "unstable"))]
#[allow(dead_code, unused_imports)]
mod blob;
#[cfg(feature = "unstable")]
pub mod kernels;
#[cfg(not(feature = "unstable"))]
#[allow(dead_code, unused_imports)]
mod kernels;
#[cfg(feature = "unstable")]
pub mod model;
#[cfg(not(feature = "unstable"))]
#[allow(dead_code, unused_imports)]
mod model;

pub use blob::{Labels, arena_bytes, row_len, sample_rate};
pub use classification::Classification;
pub use classifier::Classifier;
pub use emotion::Emotion;
pub use error::{FrontEndError, LayerError, LoadError, NotReady, SettingsError};
pub use front_end::Voice;
pub use kernels::BACKEND;
pub use model::{Model, Pace, Quantisation, Runnable};
pub use network::Network;
pub use session::Session;
