//! Features of a recording, computed by the engine's own front end.

mod mel;
mod scaling;
mod spec;

pub use mel::{decibels, mel_power, raw, raw_all};
pub use spec::{Compression, FrontEndSpec, InputScaling};
