//! Brings the firmware of `firmware-sim/boards` onto a board, and what its microphone hears from it.

mod board;
mod delivery;
mod firmware;
mod image;
mod record;
pub mod uf2;

pub use board::{Board, Part};
pub use delivery::deliver;
pub use firmware::{Program, STACK_BYTES, build};
pub use image::Image;
pub use record::{PATIENCE, Recorded, record};
