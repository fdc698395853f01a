//! Kernels in plain Rust for every other machine: written so that a compiler makes vectors of them where there are any,
//! and keeps what it can in registers where there are none.

mod conv;

pub use conv::conv2d;
#[cfg(avx512)]
pub(super) use conv::{Tile, Values, conv2d_by};
