//! Cross-validation: one training a fold of speakers and seed, each scored on people whom it has not heard.
//! Nothing is chosen by a test fold: there is no validation part, and the last epoch's model counts.

mod adapted;
mod cut;
mod difference;
mod folds;
mod outcome;
mod protocol;
mod results;
mod settings;
mod temperature;
#[cfg(test)]
mod tests;
mod together;
mod trainings;

pub(crate) use adapted::Adapted;
pub(crate) use cut::Cut;
pub(crate) use difference::{Against, Difference, Gain};
pub(crate) use folds::Folds;
use outcome::stored;
pub(crate) use outcome::{Outcome, clip_files};
pub(crate) use protocol::{By, Protocol, inner};
pub(crate) use results::{CrossvalFacts, CrossvalResults, Fold, Mean};
pub(crate) use settings::CrossvalSettings;
pub(crate) use temperature::AnswersToStrangers;
pub(crate) use together::Together;
pub(crate) use trainings::{Task, Trainings};
