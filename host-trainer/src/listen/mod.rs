//! Listens to a microphone on the host, as a device does: audio comes from a pipe, events go to a terminal or a program.

mod event;
mod source;
mod view;

pub use event::{Happening, Said, Shares, Verdict};
pub(crate) use source::words;
pub(crate) use view::{Screen, View};
