//! Kernels for Helium, the vector extension: Cortex-M52, M55 and M85. It multiplies and adds sixteen pairs of int8.

#![allow(unsafe_code)]

mod add;
mod conv;
mod depthwise;
mod tiles;

pub use conv::conv2d;
pub(super) use {add::add_rounds, depthwise::*};
