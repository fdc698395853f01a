//! Assembly kernels for Cortex-M3 and up.
//!
//! What depends on the DSP extension (Cortex-M4, M7, M33 and their kind) or on Helium (Cortex-M55 and its
//! kind) is in files with the same names in them, of which one is compiled. Layers outside the bounds that the kernels rely on go to the plain ones.

#![allow(unsafe_code)]

mod add;
mod conv;
mod depthwise;
#[cfg(not(helium))]
mod requantise;
mod runs;

#[cfg_attr(helium, path = "four_columns.rs")]
#[cfg_attr(not(helium), path = "six_columns.rs")]
mod columns;
#[cfg_attr(helium, path = "helium.rs")]
#[cfg_attr(all(dsp, not(helium)), path = "dsp.rs")]
#[cfg_attr(not(dsp), path = "mla.rs")]
mod products;
#[cfg_attr(helium, path = "sums_helium.rs")]
mod sums;

pub use add::add;
pub use conv::conv2d;
pub use depthwise::depthwise_conv2d;

use super::requantise::saturate;
use crate::blob::Clamp;

/// The fast kernels let through all of int8; a narrower clamp comes after them.
fn clamp_all(data: &mut [i8], clamp: Clamp) {
    if clamp != Clamp::NONE {
        for value in data {
            *value = saturate((*value).into(), clamp);
        }
    }
}
