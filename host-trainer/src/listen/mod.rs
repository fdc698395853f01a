//! Listens to a microphone on the host, as a device does: audio comes from a pipe, events go to a terminal or a program.

mod source;
mod view;

pub use engine::listen::happening::{Happening, Said, Shares, Verdict};
pub(crate) use source::words;
pub(crate) use view::{Screen, View};
