//! The float network: one description from which it is trained, exported and printed.

mod description;
mod weights;

pub use description::{LayerSpec, Network, OpSpec};
pub use weights::{BatchNorm, LayerWeights, Weights};
