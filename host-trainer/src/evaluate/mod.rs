//! How good a model is, and what it costs: scores of the int8 model by the engine's own code, scores of
//! the float model, and the size of both.

mod compare;
mod confusion;
mod examples;
mod footprint;
mod scorer;
mod voices;

pub use compare::{Comparison, compare};
pub(crate) use compare::{float_class, largest};
pub use confusion::{ClassScores, Confusion};
pub use examples::{Example, Examples};
pub use footprint::{Footprint, FrontEndFacts, LayerFacts};
pub use scorer::{Prediction, Scorer};
pub use voices::Voices;
