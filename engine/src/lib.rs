//! Emotion recognition from speech on a microcontroller: microphone samples in, an emotion with an
//! honest confidence out. No heap, no operating system, no network.
#![no_std]
#![deny(unsafe_code)]
#![deny(missing_docs)]

#[cfg(feature = "std")]
extern crate std;

mod arena;
pub mod blob;
mod classification;
mod classifier;
mod emotion;
mod error;
pub mod front_end;
pub mod kernels;
pub mod listen;
pub mod model;
mod network;
mod session;

pub use blob::{arena_bytes, row_len, sample_rate};
pub use classification::Classification;
pub use classifier::Classifier;
pub use emotion::Emotion;
pub use error::{FrontEndError, LayerError, LoadError, NotReady};
pub use front_end::Voice;
pub use kernels::BACKEND;
pub use model::Model;
pub use network::Network;
pub use session::Session;
