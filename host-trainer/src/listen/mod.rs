//! Listens to a microphone on the host, as a device does: audio comes from a pipe or a sound card, events go to a terminal or a program.

#[cfg(feature = "sound-card")]
mod sound_card;
mod source;
mod view;

pub use engine::listen::happening::{Happening, Said, Shares, Verdict};
pub(crate) use source::Source;
pub(crate) use view::{Screen, View};
