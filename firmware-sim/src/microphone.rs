//! The microphone of the firmware that listens.

/// The sample rate in Hz that it may have, besides that of a model: 16000, or 48000 where the model hears 16000.
#[must_use]
pub const fn sample_rate(of_model: u32) -> u32 {
    if of_model == 16_000 { 48_000 } else { 16_000 }
}
