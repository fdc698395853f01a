//! Kernels for hosts with AVX-512 and VNNI, whose one instruction multiplies and adds 64 int8 values. Other hosts,
//! and layers outside the bounds that the kernels rely on, go to the plain ones.

#![allow(unsafe_code)]

mod add;
mod conv;
mod requantise;

pub use add::add;
pub use conv::conv2d;

/// Whether this host has the instructions.
pub(super) fn is_capable() -> bool {
    std::arch::is_x86_feature_detected!("avx512vnni") && std::arch::is_x86_feature_detected!("avx512bw")
}
