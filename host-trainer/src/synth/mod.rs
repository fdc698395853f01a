//! The built-in corpus: emotional sentences spoken by a formant synthesiser.
//!
//! It is a demonstration. It lets the whole path run without anyone's recordings, and a model trained
//! on it has learnt the rules in this module, not people; nothing here measures how well a
//! network recognises human emotion.
//!
//! A speaker has a pitch and a vocal tract; a sentence is a row of phones; an emotion turns published
//! acoustic correlates into prosody targets. The score joins them into one control frame a millisecond,
//! which a glottis and a vocal tract make audible, as Klatt's cascade formant synthesiser does:
//! D. H. Klatt, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am. 67(3), 1980.
//! [`utterances`] gives the files SAVEE's, RAVDESS's and CREMA-D's names; [`write_corpus`] writes them.

#[cfg(test)]
mod acoustics;
mod emotion;
mod intonation;
mod layout;
mod phones;
mod random;
mod render;
mod score;
mod sentence;
mod source;
mod speaker;
mod timeline;
mod tract;
mod voice;
mod write;

pub use layout::{DEFAULT_CLIPS, Layout, MOST_CLIPS, Utterance, utterances};
pub use render::render;
pub use write::{is_built_in, write_corpus};

/// The amplitude that so many dB stand for.
fn amplitude(decibel: f64) -> f64 {
    10f64.powf(decibel / 20.0)
}
