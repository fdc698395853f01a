//! Listening: from a microphone's words to events that a product can use.
//!
//! [`Listener`] is all of it. [`Conditioner`] and [`Resampler`] are of use by themselves too, before a
//! [`Classifier`](crate::Classifier). [`Decimator`] stands before them where the microphone delivers bits.

mod circumplex;
mod conditioning;
mod decision;
mod ear;
mod gate;
#[cfg(feature = "std")]
pub mod happening;
mod listener;
mod settings;
mod stage;

pub use circumplex::Affect;
pub use conditioning::{
    Conditioner, Conversion, DcBlocker, Decimator, Filter, Gain, MAX_TAPS, PdmWord, Resampler,
    RightAligned24, Unsigned, Word, filter_len,
};
pub use decision::{DecisionSettings, Event, Opinion, Verdict};
pub use gate::GateSettings;
pub use listener::{Listener, Session};
pub use settings::Settings;
pub use stage::Stage;
