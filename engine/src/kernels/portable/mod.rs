//! Kernels in plain Rust for every other machine: written so that a compiler makes vectors of them where there are any,
//! and keeps what it can in registers where there are none.

mod conv;
#[cfg(vectors)]
pub(super) mod sixteen;

pub use conv::conv2d;
#[cfg(vectors)]
pub(super) use conv::{NarrowTile, Tile, Values, WideTile, conv2d_by};
