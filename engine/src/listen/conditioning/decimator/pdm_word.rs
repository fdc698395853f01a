/// A word of a PDM microphone's bits. The earliest bit is the most significant one, as SPI and I2S peripherals shift
/// them in, and RP2350's PIO when it shifts to the left. Where they come the other way round, `u32::reverse_bits`
/// helps.
///
/// ```
/// use prosodia::listen::{Decimator, PdmWord};
///
/// // The same bits in the order in which they came, as bytes and as half-words.
/// fn samples<P: PdmWord>(words: impl IntoIterator<Item = P>) -> Vec<i32> {
///     let mut samples = Vec::new();
///     Decimator::new().push(words, |sample| samples.push(sample));
///     samples
/// }
/// assert_eq!(samples([0x12_u8, 0x34].repeat(100)), samples([0x1234_u16; 100]));
/// ```
pub trait PdmWord: Copy {
    /// How many bits it has, 32 at most.
    const WIDTH: u32;

    /// The bits, the earliest at the top of so many.
    fn bits(self) -> u32;
}

impl<P: PdmWord> PdmWord for &P {
    const WIDTH: u32 = P::WIDTH;

    fn bits(self) -> u32 {
        P::bits(*self)
    }
}

impl PdmWord for u8 {
    const WIDTH: u32 = Self::BITS;

    fn bits(self) -> u32 {
        self.into()
    }
}

impl PdmWord for u16 {
    const WIDTH: u32 = Self::BITS;

    fn bits(self) -> u32 {
        self.into()
    }
}

impl PdmWord for u32 {
    const WIDTH: u32 = Self::BITS;

    fn bits(self) -> u32 {
        self
    }
}
