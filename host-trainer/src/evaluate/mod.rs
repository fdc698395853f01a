//! How good a model is, and what it costs: scores of the int8 model by the engine's own code, scores of
//! the float model, and the size of both.

mod answers;
mod begun;
mod calibration;
mod compare;
mod confusion;
mod coverage;
mod footprint;
mod intervals;
mod largest;
mod moments;
mod own_classes;
mod panel;
mod prediction;
mod quantisation;
mod scorer;
mod scores;
mod stream;
mod test_set;
mod voices;

pub(crate) use answers::confusions;
pub use answers::{Answer, Answers};
pub use calibration::Calibration;
pub use compare::Comparison;
pub use confusion::{ClassScores, Confusion};
pub use coverage::{Covered, coverage};
pub use footprint::{Footprint, FrontEndFacts, LayerFacts, TensorFacts};
pub use intervals::{Interval, OfScores};
pub(crate) use largest::largest;
pub use moments::{Moment, Moments};
pub(crate) use own_classes::OwnClasses;
pub use panel::{Condition, PanelEntry, Surroundings, panel};
pub use prediction::Prediction;
pub use quantisation::QuantisationLoss;
pub use scorer::Scorer;
pub use scores::{Both, Scores};
pub use stream::{Announced, Found, HostListener, InPlace, Place, Streamed, stream};
pub use test_set::{TestClip, TestSet};
pub use voices::Voices;
