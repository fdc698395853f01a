use crate::blob::{FrontEndParams, Normalisation, Tensor};

/// The latest frames of log-mel features, oldest first, in 1/128 dB, in memory that the caller lends.
pub struct FeatureWindow {
    filled: usize,
}

impl FeatureWindow {
    /// An empty window.
    #[must_use]
    pub const fn new() -> Self {
        Self { filled: 0 }
    }

    /// Forgets all frames and takes on checked parameters.
    pub fn configure(&mut self, _params: &FrontEndParams<'_>) {
        self.filled = 0;
    }

    /// Takes in a frame of mel power; the oldest frame leaves a full window.
    pub fn push(&mut self, _power: &[f32], _memory: &mut [i8]) {}

    /// Whether the window is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.filled > 0
    }

    /// Writes the network's input, bands by frames.
    pub fn quantise(
        &self,
        _memory: &[i8],
        _normalisation: &Normalisation<'_>,
        _tensor: Tensor,
        _input: &mut [i8],
    ) {
    }
}

impl Default for FeatureWindow {
    fn default() -> Self {
        Self::new()
    }
}
