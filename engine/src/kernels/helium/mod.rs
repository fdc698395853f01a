//! Kernels for Helium, the vector extension: Cortex-M52, M55 and M85. It multiplies and adds sixteen pairs of int8.

#![allow(unsafe_code)]

mod add;
mod conv;
mod depthwise;

pub use conv::conv2d;
pub(super) use {add::add_rounds, depthwise::*};

/// Tells the assembler that there is Helium, where the compiler doesn't know the core. The assembler forgets it at
/// the end of the function.
#[cfg(unnamed_core)]
macro_rules! target_cpu {
    () => {
        ".cpu cortex-m55"
    };
}
/// The compiler knows the core, and the assembler with it.
#[cfg(not(unnamed_core))]
macro_rules! target_cpu {
    () => {
        ""
    };
}
use target_cpu;
