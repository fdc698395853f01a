//! From a network's answers to what is announced.

mod decider;
mod event;
mod posteriors;

pub(super) use decider::Decider;
pub use decider::DecisionSettings;
pub use event::{Event, Opinion, Verdict};
