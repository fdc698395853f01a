//! What no one crate can test alone: parity with librosa, TFLite and QEMU, and what must hold of any bytes.

mod answer;
pub mod fuzz;
mod imported;

pub use answer::assert_answers;
pub use imported::{ALL, imported};
