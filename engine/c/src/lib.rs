//! The engine's interface for C: `include/emotion.h` is made from it.
//!
//! C gives the memory and keeps it; each object begins with a seal, by which a call tells what was initialised from
//! what was not. All that can't be checked is what C always has to keep to: that pointers lead to as much memory as is
//! said.
#![cfg_attr(target_os = "none", no_std)]
// What a function asks of its pointers stands in the header, in words that mean something in C.
#![allow(clippy::missing_safety_doc)]

// In the order of the header.
mod model;

mod settings;

mod listener;

mod classifier;

mod error;

mod event;
mod memory;
mod opinion;
mod pointer;
mod voice;

pub use classifier::*;
pub use error::*;
pub use event::*;
pub use listener::*;
pub use memory::*;
pub use model::*;
pub use opinion::*;
pub use settings::*;
pub use voice::*;

/// Nothing can panic, so nothing comes here.
#[cfg(all(target_os = "none", feature = "panic-handler"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
