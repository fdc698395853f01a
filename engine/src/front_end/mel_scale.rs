//! Slaney's mel scale in fixed point. Narrow bands ask for more precision than an f32 has, and where there is no
//! unit for f64, its logarithms take kilobytes of code.

/// Fraction bits of a frequency in Hz.
pub(super) const HZ_BITS: u32 = 32;

/// Fraction bits of mels and of octaves.
const BITS: u32 = 48;
const ONE: u64 = 1 << BITS;
/// Fraction bits of a mantissa, which is 1 to 2.
const MANTISSA_BITS: u32 = 63;

/// The scale is linear below this and logarithmic above it.
const BREAK_HZ: u32 = 1000;
const BREAK_MEL: u64 = 15 * ONE;
/// `log2(6.4) / 27`: 27 mels for a factor of 6.4.
const OCTAVES_PER_MEL: f64 = 0.099_187_848_337_505_11;

/// The mantissas of `2^(1/2)`, `2^(1/4)` and so on.
static ROOTS_OF_TWO: [u64; BITS as usize] = {
    let mut roots = [0; BITS as usize];
    let mut root: u128 = 2 << MANTISSA_BITS;
    let mut index = 0;
    while index < roots.len() {
        root = (root << MANTISSA_BITS).isqrt();
        roots[index] = root as u64;
        index += 1;
    }
    roots
};

/// Frequencies that are equally spaced in mel.
pub(super) struct BandEdges {
    mels_apart: u64,
}

impl BandEdges {
    /// The edges of so many bands from 0 Hz to half the sample rate.
    pub(super) fn new(sample_rate: u32, bands: u16) -> Self {
        let intervals = u64::from(bands).saturating_add(1);
        Self { mels_apart: mels_of_half(sample_rate).checked_div(intervals).unwrap_or(0) }
    }

    /// In Hz, with [`HZ_BITS`] fraction bits; 0 is the lowest, `bands + 1` the highest.
    pub(super) fn edge(&self, index: u16) -> u64 {
        hz(self.mels_apart.saturating_mul(index.into()))
    }
}

/// Half of so many Hz in mel: `3 f / 200` below 1000 Hz, `15 + 27 ln(f / 1000) / ln 6.4` above.
fn mels_of_half(double_hz: u32) -> u64 {
    const MELS_PER_OCTAVE: u64 = (ONE as f64 / OCTAVES_PER_MEL) as u64;
    match log2(double_hz).checked_sub(const { log2(2 * BREAK_HZ) }) {
        None => u64::from(double_hz).saturating_mul(const { 3 * ONE / 400 }),
        Some(octaves) => multiply(octaves, MELS_PER_OCTAVE, BITS).saturating_add(BREAK_MEL),
    }
}

fn hz(mels: u64) -> u64 {
    match mels.checked_sub(BREAK_MEL) {
        None => multiply(mels, const { (200 << HZ_BITS) / 3 }, BITS),
        Some(above) => {
            let octaves = multiply(above, const { (ONE as f64 * OCTAVES_PER_MEL) as u64 }, BITS);
            let break_hz = u64::from(BREAK_HZ).wrapping_shl((octaves >> BITS) as u32);
            multiply(mantissa_of_exp2(octaves), break_hz, MANTISSA_BITS - HZ_BITS)
        }
    }
}

/// Bit by bit: squaring doubles the logarithm, and a mantissa that leaves its range has a bit more.
const fn log2(x: u32) -> u64 {
    let Some(whole) = x.checked_ilog2() else { return 0 };
    let mut mantissa = (x as u64).wrapping_shl(MANTISSA_BITS.wrapping_sub(whole));
    let mut log = whole as u64;
    let mut bits = 0;
    while bits < BITS {
        let square = (mantissa as u128).wrapping_mul(mantissa as u128) >> MANTISSA_BITS;
        let bit = (square >> (MANTISSA_BITS + 1)) as u64;
        mantissa = (square >> bit) as u64;
        log = log << 1 | bit;
        bits += 1;
    }
    log
}

/// `2^x` over the whole power of two in it.
fn mantissa_of_exp2(x: u64) -> u64 {
    let bits = (0..BITS).rev().map(|bit| x >> bit & 1);
    let roots = ROOTS_OF_TWO.iter().zip(bits).filter(|&(_, bit)| bit == 1);
    roots.fold(1 << MANTISSA_BITS, |product, (&root, _)| multiply(product, root, MANTISSA_BITS))
}

/// A product with so many fraction bits less.
const fn multiply(a: u64, b: u64, bits: u32) -> u64 {
    ((a as u128).wrapping_mul(b as u128) >> bits) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(value: u64, bits: u32) -> f64 {
        value as f64 / (1u64 << bits) as f64
    }

    #[test]
    fn mel_by_hand() {
        assert!((OCTAVES_PER_MEL - libm::log2(6.4) / 27.0).abs() < 1e-16);
        for (mel, expected) in [(0, 0.0), (3, 200.0), (15, 1000.0), (42, 6400.0), (69, 40_960.0)] {
            assert!((real(hz(mel * ONE), HZ_BITS) - expected).abs() < 1e-8 * expected.max(1.0), "{mel}");
            let back = real(mels_of_half(2 * expected as u32), BITS);
            assert!((back - mel as f64).abs() < 1e-9, "{back}");
        }
    }

    #[test]
    fn logarithms_and_powers_are_right_to_the_tenth_decimal() {
        for x in (1..200_000).step_by(97) {
            assert!((real(log2(x), BITS) - libm::log2(f64::from(x))).abs() < 1e-10, "{x}");
        }
        for step in 0..1000 {
            let x = step * (ONE / 1000);
            let power = real(mantissa_of_exp2(x), MANTISSA_BITS);
            assert!((power - libm::exp2(real(x, BITS))).abs() < 1e-10, "{x}");
        }
    }
}
