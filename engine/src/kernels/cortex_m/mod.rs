//! What the kernels of all Cortex-M instruction sets share: how a layer is divided, and what im2col copies.

#![allow(unsafe_code)]

mod add;
mod copy;
mod depthwise;
mod runs;

pub use add::add;
pub use copy::copy;
pub use depthwise::depthwise_conv2d;

#[cfg(armv7em)]
pub(super) use super::im2col::WholePatches;
pub(super) use super::im2col::{Im2col, Patch};
pub(super) use add::{Job as AddJob, ROUND};
pub(super) use depthwise::Job as DepthwiseJob;
pub(super) use runs::MAX_KERNEL;
#[cfg(armv7em)]
pub(super) use runs::Run;

use super::plain::requantise::saturate;
use crate::blob::Clamp;

/// Tells the assembler that there is the DSP extension, where the compiler doesn't know the core. The assembler
/// forgets it at the end of the function.
#[cfg(all(unnamed_core, armv7em))]
macro_rules! target_cpu {
    () => {
        ".cpu cortex-m33"
    };
}
/// The same for Helium.
#[cfg(all(unnamed_core, helium))]
macro_rules! target_cpu {
    () => {
        ".cpu cortex-m55"
    };
}
/// The compiler knows the core, and the assembler with it; or there is no extension to tell of.
#[cfg(any(not(unnamed_core), armv7m))]
macro_rules! target_cpu {
    () => {
        ""
    };
}
pub(super) use target_cpu;

/// The fast kernels let through all of int8; a narrower clamp comes after them.
pub(super) fn clamp_all(data: &mut [i8], clamp: Clamp) {
    if clamp != Clamp::NONE {
        for value in data {
            *value = saturate((*value).into(), clamp);
        }
    }
}
