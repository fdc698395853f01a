//! Fits a preset's network to labelled recordings.

mod adam;
mod advice;
mod average;
mod balance;
mod balanced;
mod batches;
mod branch;
mod checkpoint;
mod contexts;
mod disturbed_clips;
mod fit;
mod history;
mod init;
mod judges;
mod random;
mod schedule;
mod setup;
mod state;
mod temperature;
#[cfg(test)]
mod tests;
mod training_clip;

pub use adam::Adam;
pub(crate) use balanced::balanced;
pub use contexts::VoiceContext;
pub use fit::{Options, Trained, Watch, fit};
pub(crate) use history::Diverged;
pub use history::Epoch;
pub use init::Init;
pub(crate) use judges::Judges;
pub use judges::Validation;
pub(crate) use temperature::{Judged, log_loss};
pub use training_clip::TrainingClip;
