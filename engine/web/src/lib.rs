//! The engine as WebAssembly. An instance holds one model and one stream: a page makes another for the next.
//!
//! JavaScript talks to it in three steps: it asks for memory by [`input`] and fills it, calls what is to be done, and
//! reads the reply, a text in JSON whose length the call returns and whose place [`reply`] tells. A reply to what can't
//! be done is `{"error": "what a person is told"}`.
//!
//! 1. Of a recording, [`decode`] takes a WAV file, and the model's rate: `{"rate", "seconds"}`.
//! 2. [`load`] takes a model's blob, and the microphone's or the recording's rate: `{"name", "labels", "rate",
//!    "window", "bands", "hop", "bytes"}`.
//! 3. Of a microphone, [`take`] takes the next 32-bit floats.
//! 4. [`listen`] hears some of them, and [`finish`] ends the stream: see [`Heard`]. [`columns`] are the spectrogram's
//!    new ones.
//! 5. [`answer`] is what `host-trainer predict` says of the whole recording.

mod answer;
mod doubles;
mod exports;
mod listening;
mod recording;
mod spectrogram;

pub use answer::{Answer, answer as answer_to};
pub use exports::{answer, columns, decode, finish, input, listen, load, reply, take};
pub use listening::{Facts, Heard, Listening};
pub use recording::{Recording, loudest};
