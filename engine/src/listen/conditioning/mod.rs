//! From a microphone's words to samples that a model can hear: without an offset, loud enough, at the model's rate.
//!
//! All of it is integer arithmetic, the same on every machine.

mod dc_blocker;
mod decimator;
mod filter;
mod gain;
mod inner_product;
mod kaiser;
mod resampler;
mod word;

pub use dc_blocker::DcBlocker;
pub use decimator::{Decimator, PdmWord};
pub use filter::{Conversion, Filter, MAX_TAPS, filter_len};
pub use gain::Gain;
pub use resampler::Resampler;
pub use word::{RightAligned24, Unsigned, Word};

/// From words to samples at the microphone's rate: DC blocker and gain.
///
/// ```
/// use prosodia::listen::{Conditioner, Gain};
///
/// // A microphone at 16 kHz with an offset of 1000 steps, made 6 dB louder.
/// let mut conditioner = Conditioner::new(16_000, Gain::decibels(6));
/// let samples = (0..16_000).map(|n| 1000 + if n % 100 < 50 { 200 } else { -200_i16 });
/// let conditioned: Vec<i16> = samples.map(|word| conditioner.condition(word)).collect();
/// let mean = conditioned[8000..].iter().map(|&x| f64::from(x)).sum::<f64>() / 8000.0;
/// assert!(mean.abs() < 1.0);
/// assert!(conditioned[8000..].iter().all(|x| (300..500).contains(&x.abs())));
/// ```
#[derive(Debug, Clone)]
pub struct Conditioner {
    blocker: DcBlocker,
    gain: Gain,
}

impl Conditioner {
    /// For a sample rate in Hz.
    #[must_use]
    pub const fn new(sample_rate: u32, gain: Gain) -> Self {
        Self { blocker: DcBlocker::new(sample_rate), gain }
    }

    /// The next word as a sample; what is beyond the range of an i16 saturates.
    pub fn condition(&mut self, word: impl Word) -> i16 {
        self.condition_sample(word.sample())
    }

    /// The same for a word's sample.
    pub(super) const fn condition_sample(&mut self, sample: i32) -> i16 {
        self.gain.apply(self.blocker.apply(sample))
    }
}
