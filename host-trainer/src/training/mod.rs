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
mod fit;
mod init;
mod judges;
mod run;
mod schedule;
mod sounds;
mod temperature;
#[cfg(test)]
mod tests;

pub use adam::Adam;
pub(crate) use balanced::balanced;
pub use contexts::VoiceContext;
pub use fit::{Example, Options, Trained, Watch, fit};
pub use init::Init;
pub(crate) use judges::Judges;
pub use judges::Validation;
pub(crate) use run::Diverged;
pub use run::Epoch;
pub(crate) use temperature::{Judged, log_loss};
