//! The float network: one description from which it is trained, exported and printed.

mod branches;
mod description;
mod float_file;
mod float_model;
mod forward;
pub mod infer;
mod initial;
mod shape;
mod weights;

pub use description::{LayerSpec, Network, OpSpec};
pub use float_model::FloatModel;
pub use forward::{Pass, forward};
pub use weights::{BatchNorm, LayerWeights, Weights};
