//! The float network: one description from which it is trained, exported and printed.

mod description;
mod float_model;
pub mod infer;
mod shape;
mod weights;

pub use description::{LayerSpec, Network, OpSpec};
pub use float_model::FloatModel;
pub use weights::{BatchNorm, LayerWeights, Weights};
