//! How good a model is, and what it costs: scores of the int8 model by the engine's own code, scores of
//! the float model, and the size of both.

mod compare;
mod confusion;
mod disturbance;
mod examples;
mod footprint;
mod moments;
mod scorer;
mod stream;
mod voices;

pub use compare::{Comparison, compare};
pub(crate) use compare::{float_class, largest};
pub use confusion::{ClassScores, Confusion};
pub use disturbance::Disturbance;
pub use examples::{Example, Examples};
pub use footprint::{Footprint, FrontEndFacts, LayerFacts};
pub use moments::Moment;
pub use scorer::{Prediction, Scorer};
pub use stream::{Streamed, stream};
pub use voices::Voices;
