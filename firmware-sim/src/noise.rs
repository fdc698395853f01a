//! Noise to measure with.

/// A linear congruential generator (Knuth, "The Art of Computer Programming", vol. 2, 3.3.4): what it makes
/// need not be good, only the same every time.
pub struct Noise(u32);

impl Noise {
    /// Always the same sequence.
    #[must_use]
    pub const fn new() -> Self {
        Self(1)
    }

    /// The next sample, full scale.
    pub fn next_sample(&mut self) -> i16 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The low bits repeat soon.
        (self.0 >> 16) as i16
    }

    /// The next byte.
    pub fn next_byte(&mut self) -> u8 {
        self.next_sample() as u8
    }
}

impl Default for Noise {
    fn default() -> Self {
        Self::new()
    }
}
