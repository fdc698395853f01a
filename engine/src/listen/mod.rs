//! Listening: from a microphone's words to events that a product can use.

mod conditioning;

pub use conditioning::{
    Conditioner, Conversion, DcBlocker, Filter, Gain, MAX_TAPS, Resampler, RightAligned24, Unsigned, Word,
    filter_len,
};
