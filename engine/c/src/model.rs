use core::ffi::c_void;

use engine::listen::Conversion;

use crate::{Error, pointer};

/// The sample rate in Hz of what a model hears, read off its first 32 bytes; 0 if they are not a model's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn emotion_model_sample_rate(model: *const c_void, model_bytes: usize) -> u32 {
    // SAFETY: C says that there are so many bytes.
    unsafe { blob(model, model_bytes) }.map_or(0, engine::sample_rate)
}

/// A model's bytes. C keeps them as they are as long as an object uses them.
///
/// # Safety
/// There are so many.
pub(crate) unsafe fn blob(model: *const c_void, bytes: usize) -> Result<&'static [u8], Error> {
    if model.is_null() {
        return Err(Error::Null);
    }
    // SAFETY: the caller says so.
    unsafe { pointer::slice(model.cast(), bytes) }
}

/// How many coefficients the filter from a microphone's rate to a model's has: none if they are alike.
pub(crate) fn coefficients(microphone_rate: u32, model_rate: u32) -> Result<usize, Error> {
    if microphone_rate == model_rate {
        return Ok(0);
    }
    Conversion::coefficients(microphone_rate, model_rate).ok_or(Error::MicrophoneRate)
}
