//! A search for better hyperparameters: random ones around a preset's, judged on speakers who are kept from
//! training, the worse ones given up early. Test speakers take no part in it.

mod budget;
mod halving;
mod hyperparameters;
mod sample;
mod search;
mod settings;
#[cfg(test)]
mod tests;
mod trial;
mod tuning;

pub(crate) use budget::Budget;
pub(crate) use halving::rungs;
pub(crate) use hyperparameters::{Hyperparameter, hyperparameters, widths};
pub(crate) use search::Search;
pub(crate) use settings::TuneSettings;
pub(crate) use trial::{Score, Trial};
pub(crate) use tuning::{SearchFacts, Speakers, Tuning};
