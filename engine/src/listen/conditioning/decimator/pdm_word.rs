/// A word of a PDM microphone's bits. The earliest bit is the most significant one, as SPI and I2S peripherals shift them in, and
/// RP2350's PIO with `shift_in` to the left. Where they come the other way round, `u32::reverse_bits` helps.
///
/// ```
/// use engine::listen::PdmWord;
///
/// // The same bits, in the order in which they came: 0001 0010 0011 0100.
/// let of_spi = [0x12_u8, 0x34].into_iter().flat_map(PdmWord::octets);
/// assert!(of_spi.eq(0x1234_u16.octets()));
/// ```
pub trait PdmWord: Copy {
    /// The bits by eight, from the earliest on.
    fn octets(self) -> impl IntoIterator<Item = u8>;
}

impl<P: PdmWord> PdmWord for &P {
    fn octets(self) -> impl IntoIterator<Item = u8> {
        P::octets(*self)
    }
}

impl PdmWord for u8 {
    fn octets(self) -> impl IntoIterator<Item = u8> {
        [self]
    }
}

impl PdmWord for u16 {
    fn octets(self) -> impl IntoIterator<Item = u8> {
        self.to_be_bytes()
    }
}

impl PdmWord for u32 {
    fn octets(self) -> impl IntoIterator<Item = u8> {
        self.to_be_bytes()
    }
}
