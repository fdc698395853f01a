//! Features of a recording, computed by the engine's own front end.

mod cached;
mod mel;
mod scaling;
mod spec;

pub use cached::raw_all;
pub use engine::blob::MelScale;
pub use mel::{decibels, input, mel_power, raw};
pub use spec::{Compression, FrontEndSpec, InputScaling};
