//! What must hold whatever the bytes are. `tests/fuzz` has libFuzzer look for bytes of which it does not;
//! `tests/fuzz_corpus.rs` runs the corpus that came of it, and mutations of it, with every test run.

mod audio;
mod blob;
mod import;
mod model;
mod recording;
mod wav;

pub use audio::audio;
pub use blob::blob;
pub use import::import;
pub use model::model;
pub use recording::recording;
pub use wav::{read_wav_on_device, wav};

use std::path::PathBuf;

/// A target: its name, which is its corpus's too, and what must not panic on any bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 6] = [
    ("blob", blob),
    ("model", model),
    ("audio", audio),
    ("wav", wav),
    ("recording", recording),
    ("import", import),
];

/// The folder of a target's corpus.
#[must_use]
pub fn corpus(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "fuzz", "corpus", target].iter().collect()
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes.as_chunks().0.iter().copied().map(i16::from_le_bytes).collect()
}
