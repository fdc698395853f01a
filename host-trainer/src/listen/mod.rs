//! Listens to a microphone on the host, as a device does: audio comes from a pipe or a sound card, events go to a
//! terminal or a program.

mod pipe;
#[cfg(feature = "sound-card")]
mod sound_card;
mod source;
mod stored_voice;
mod view;

pub use engine::listen::happening::{Happening, Said, Shares, Verdict};
pub(crate) use pipe::standard_input;
#[cfg(feature = "sound-card")]
pub use sound_card::open as sound_card;
pub use source::Source;
pub(crate) use stored_voice::{ensure_kept, read_voice, write_voice};
pub(crate) use view::{Screen, View};

/// The sound card itself.
///
/// # Errors
/// This was built without.
#[cfg(not(feature = "sound-card"))]
pub fn sound_card() -> anyhow::Result<Source> {
    anyhow::bail!("this was built to hear pipes alone: build it with `--features sound-card`")
}
