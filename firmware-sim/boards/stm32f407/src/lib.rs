//! STM32F4DISCOVERY, with the MP45DT02 on it: a PDM microphone, whose bits the I2S receiver collects.
#![no_std]

use defmt_rtt as _;
use panic_probe as _;

mod board;
mod light;
mod microphone;

pub use board::{Board, Usb};
pub use light::Light;
pub use microphone::{GAIN, I2sMicrophone, SAMPLE_RATE};
