//! What the firmware of all boards shares.
//!
//! The firmware talks to the host by semihosting: it reads `recording.wav` and writes `result.json` in
//! the folder in which QEMU runs. Logs are defmt frames on standard output, the exit code is QEMU's.
//! `cargo sim` builds it, runs it and reads what it writes.
#![cfg_attr(not(test), no_std)]
#![deny(missing_docs)]

pub mod microphone;
pub mod noise;
pub mod wav;

#[cfg(target_os = "none")]
pub mod conversion;
#[cfg(target_os = "none")]
pub mod dma;
#[cfg(target_os = "none")]
pub mod events;
#[cfg(target_os = "none")]
mod faults;
#[cfg(target_os = "none")]
pub mod hear;
#[cfg(target_os = "none")]
pub mod host;
#[cfg(target_os = "none")]
pub mod model;
#[cfg(target_os = "none")]
pub mod stack;
#[cfg(target_os = "none")]
pub mod ticks;

// An instruction of Armv8-M, as secure firmware has it. The assembly of all crates is assembled together when they
// are linked as one: the engine's must not leave the assembler at another architecture.
#[cfg(any(feature = "an505", feature = "an547"))]
core::arch::global_asm!("test_target: tt r0, r0", "bx lr");
