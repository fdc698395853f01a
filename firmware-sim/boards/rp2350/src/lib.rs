//! Raspberry Pi Pico 2 with a microphone beside it: an INMP441 or its kind, which speaks I2S, or with the feature `pdm`
//! one that gives bits.
#![no_std]

use defmt_rtt as _;
use panic_probe as _;

mod board;
mod light;
mod microphone;

#[cfg(not(feature = "pdm"))]
#[path = "i2s.rs"]
mod protocol;
#[cfg(feature = "pdm")]
#[path = "pdm.rs"]
mod protocol;

pub use board::{Board, Usb};
pub use light::Light;
pub use microphone::{GAIN, PioMicrophone, SAMPLE_RATE};
