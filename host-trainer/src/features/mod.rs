//! Features of a recording, computed by the engine's own front end.

mod frame_stream;
mod hearing;
mod mel;
mod reference;
mod scaling;
mod spec;
mod speech;
mod voices;

pub use engine::Voice;
pub use engine::blob::MelScale;
pub use frame_stream::FrameStream;
pub use hearing::Hearing;
pub use mel::{decibels, input, log_mel, mel_power};
pub use reference::{Reference, Running};
pub use scaling::InputScaling;
pub use spec::FrontEndSpec;
pub use speech::Speech;
pub use voices::knows_voices;
