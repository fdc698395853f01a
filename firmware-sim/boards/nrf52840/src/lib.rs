//! The boards with an nRF52840 and a PDM microphone on them: XIAO nRF52840 Sense and Arduino Nano 33 BLE Sense.
#![no_std]

#[cfg(not(any(feature = "xiao-sense", feature = "nano-sense")))]
compile_error!("choose a board: --features xiao-sense or nano-sense");

use defmt_rtt as _;
use panic_probe as _;

mod board;
mod light;
mod microphone;

pub use board::{Board, Usb};
pub use light::Light;
pub use microphone::{GAIN, PdmMicrophone, SAMPLE_RATE};
