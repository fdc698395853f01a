//! Builds `firmware-sim` for one of QEMU's boards and runs it there; `cargo sim` is its command.
//!
//! A run has a folder of its own, in which the firmware finds `recording.wav` and leaves `result.json` by
//! semihosting. QEMU counts instructions (`-icount shift=0`), so a run is repeatable to the instruction.

mod board;
mod classifier;
pub mod commands;
mod decimation;
mod device;
mod firmware;
mod footprint;
mod happenings;
mod listener;
mod live;
mod log;
mod memory;
mod network;
mod qemu;
mod recording;
mod sigma_delta;
mod stream;
mod timing;

pub use board::Board;
pub use classifier::{Classifier, Heard};
pub use decimation::{Decimation, decimate_on_host};
pub use firmware::{Firmware, Program};
pub use listener::{Listened, Listener};
pub use live::{Live, Lived, Pace};
pub use memory::Memory;
pub use network::{Network, Ran, RowAnswer};
pub use qemu::FirmwareFailed;
pub use sigma_delta::modulate;
pub use stream::{Answer, Stream};
pub use timing::{Cost, StreamTiming, Timing};
