//! What every board does with its microphone.
//!
//! A board's capture task, which runs in an interrupt, delivers blocks of samples to a [`Queue`]. In the foreground
//! either [`listen`] takes them and shows and tells which emotion it hears, or [`record`] sends them to the PC.
#![no_std]

mod lamp;
mod listen;
mod microphone;
mod model;
mod record;

pub use engine;
pub use lamp::Colour;
pub use listen::listen;
pub use microphone::{BLOCK, Capture, Microphone, Queue};
pub use model::{MODEL, SAMPLE_RATE, filter, filter_len};
pub use record::record;
