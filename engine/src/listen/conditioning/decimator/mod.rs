//! From the bits of a PDM microphone to samples.

mod cic;
mod compensator;
mod gatherer;
mod octets;
mod pdm_word;

use cic::Cic;
use compensator::Compensator;
use gatherer::Gatherer;
use octets::Octets;
pub use pdm_word::PdmWord;

/// Makes a sample of every 64 bits of a PDM microphone: 16000 Hz of a clock of 1.024 MHz, 22050 Hz of 1.4112 MHz.
///
/// A PDM (sigma-delta) microphone sends one bit a clock; the sound is in the density of ones, and noise above the
/// audible range is what there is too much of. Three filters take that away, each at a lower rate than the one before:
///
/// 1. a CIC filter of third order goes down by 8: a byte at a time, by a table;
/// 2. a CIC filter of sixth order goes down by 4, by additions alone;
/// 3. an FIR filter of 40 coefficients goes down by 2, cuts off steeply, and lifts what the CIC filters' droop has
///    lowered.
///
/// (CIC: E. B. Hogenauer, An economical class of digital filters for decimation and interpolation, 1981.) Of half the
/// sample rate (its Nyquist frequency), what is up to 86 % passes within 0.1 dB. What is above 114 %, and the noise
/// that decimation folds onto the pass band, is at least 65 dB down. The delay is 11 samples, the same at all
/// frequencies.
///
/// A sample is a 32-bit word as an I2S microphone delivers it, which a [`Listener`](crate::listen::Listener) takes.
/// Bits that are all ones give the highest, all noughts the lowest; what overshoots saturates.
///
/// ```
/// use prosodia::listen::Decimator;
///
/// let mut decimator = Decimator::new(); // const: can be a static
/// let dma_buffer = [0x7777_u16; 256]; // three of four bits are ones: half of the range above the middle
/// let mut samples = Vec::new();
/// decimator.push(dma_buffer, |sample| samples.push(sample));
/// assert_eq!(samples.len(), 64);
/// assert_eq!(samples[63], 1 << 30);
/// ```
#[derive(Debug, Clone)]
pub struct Decimator {
    gatherer: Gatherer,
    octets: Octets,
    cic: Cic,
    compensator: Compensator,
}

impl Decimator {
    /// Bits that make a sample.
    pub const DECIMATION: u32 = 64;

    /// At the beginning of a stream, before which there was silence.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            gatherer: Gatherer::new(),
            octets: Octets::new(),
            cic: Cic::new(),
            compensator: Compensator::new(),
        }
    }

    /// Takes the microphone's next bits, any number of words at a time, and calls `on_sample` with each sample that
    /// becomes due.
    pub fn push<P: PdmWord>(&mut self, words: impl IntoIterator<Item = P>, mut on_sample: impl FnMut(i32)) {
        for word in words {
            if let Some(bits) = self.gatherer.push(word) {
                on_sample(self.decimate(bits));
            }
        }
    }

    /// The sample of the next 64 bits.
    // By itself it has the core's registers.
    #[inline(never)]
    fn decimate(&mut self, bits: u64) -> i32 {
        let [a, b, c, d, e, f, g, h] = bits.to_be_bytes().map(|octet| self.octets.push(octet));
        let sums = [[a, b, c, d], [e, f, g, h]].map(|sums| self.cic.push(sums));
        self.compensator.push(sums)
    }
}

impl Default for Decimator {
    fn default() -> Self {
        Self::new()
    }
}
