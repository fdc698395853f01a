//! Mel scales in fixed point. Narrow bands ask for more precision than an f32 has, and where there is no
//! unit for f64, its logarithms take kilobytes of code.

use core::ops::Range;

use crate::blob::{FrontEndParams, MelScale};

/// Fraction bits of a frequency in Hz.
pub(super) const HZ_BITS: u32 = 32;

/// Fraction bits of mels and of octaves.
const BITS: u32 = 48;
const ONE: u64 = 1 << BITS;
/// Fraction bits of a mantissa, which is 1 to 2.
const MANTISSA_BITS: u32 = 63;

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

/// Frequencies that are equally spaced on a mel scale.
pub(super) struct BandEdges {
    scale: MelScale,
    apart: u64,
}

impl BandEdges {
    /// The edges of so many bands from 0 Hz to half the sample rate.
    pub(super) fn new(scale: MelScale, sample_rate: u32, bands: u16) -> Self {
        let top = match scale {
            MelScale::Slaney => slaney::of_half(sample_rate),
            MelScale::Logarithmic { corner_hz } => logarithmic::of_half(sample_rate, corner_hz),
        };
        let intervals = u64::from(bands).saturating_add(1);
        Self { scale, apart: top.checked_div(intervals).unwrap_or(0) }
    }

    /// In Hz, with [`HZ_BITS`] fraction bits; 0 is the lowest, `bands + 1` the highest.
    pub(super) fn edge(&self, index: u16) -> u64 {
        let place = self.apart.saturating_mul(index.into());
        match self.scale {
            MelScale::Slaney => slaney::hz(place),
            MelScale::Logarithmic { corner_hz } => logarithmic::hz(place, corner_hz),
        }
    }
}

/// The mel bands whose middle lies from one frequency in Hz to another.
pub(crate) fn bands_within(params: &FrontEndParams<'_>, [low, high]: [u32; 2]) -> Range<u16> {
    let edges = BandEdges::new(params.mel_scale, params.sample_rate, params.mel_bands);
    let below = |hz: u32| {
        let is_below = |band: &u16| edges.edge(band.saturating_add(1)) < u64::from(hz) << HZ_BITS;
        (0..params.mel_bands).take_while(is_below).last().map_or(0, |band| band.saturating_add(1))
    };
    below(low)..below(high)
}

/// `3 f / 200` below 1000 Hz, `15 + 27 ln(f / 1000) / ln 6.4` above.
mod slaney {
    use super::{BITS, HZ_BITS, ONE, log2, multiply, octaves_above};

    /// The scale is linear below this and logarithmic above it.
    const BREAK_HZ: u32 = 1000;
    const BREAK_MEL: u64 = 15 * ONE;
    /// `log2(6.4) / 27`: 27 mels for a factor of 6.4.
    pub(super) const OCTAVES_PER_MEL: f64 = 0.099_187_848_337_505_11;

    /// Half of so many Hz in mel.
    pub(super) fn of_half(double_hz: u32) -> u64 {
        const MELS_PER_OCTAVE: u64 = (ONE as f64 / OCTAVES_PER_MEL) as u64;
        match log2(double_hz).checked_sub(const { log2(2 * BREAK_HZ) }) {
            None => u64::from(double_hz).saturating_mul(const { 3 * ONE / 400 }),
            Some(octaves) => multiply(octaves, MELS_PER_OCTAVE, BITS).saturating_add(BREAK_MEL),
        }
    }

    pub(super) fn hz(mels: u64) -> u64 {
        match mels.checked_sub(BREAK_MEL) {
            None => multiply(mels, const { (200 << HZ_BITS) / 3 }, BITS),
            Some(above) => {
                let octaves = multiply(above, const { (ONE as f64 * OCTAVES_PER_MEL) as u64 }, BITS);
                octaves_above(BREAK_HZ, octaves)
            }
        }
    }
}

/// `log2(1 + f / corner)`.
mod logarithmic {
    use core::num::NonZeroU16;

    use super::{HZ_BITS, log2, octaves_above};

    /// Of half of so many Hz.
    pub(super) fn of_half(double_hz: u32, corner_hz: NonZeroU16) -> u64 {
        let double_corner = u32::from(corner_hz.get()) * 2;
        log2(double_corner.saturating_add(double_hz)).saturating_sub(log2(double_corner))
    }

    pub(super) fn hz(octaves: u64, corner_hz: NonZeroU16) -> u64 {
        let corner_hz = u32::from(corner_hz.get());
        octaves_above(corner_hz, octaves).saturating_sub(u64::from(corner_hz) << HZ_BITS)
    }
}

/// The frequency that lies so many octaves above a whole one, with [`HZ_BITS`] fraction bits.
fn octaves_above(hz: u32, octaves: u64) -> u64 {
    let whole = u64::from(hz).wrapping_shl((octaves >> BITS) as u32);
    multiply(mantissa_of_exp2(octaves), whole, MANTISSA_BITS - HZ_BITS)
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
    use core::num::NonZeroU16;

    use super::*;

    const CORNER: NonZeroU16 = NonZeroU16::new(400).unwrap();

    fn real(value: u64, bits: u32) -> f64 {
        value as f64 / (1u64 << bits) as f64
    }

    #[test]
    fn slaney_s_mel_by_hand() {
        assert!((slaney::OCTAVES_PER_MEL - libm::log2(6.4) / 27.0).abs() < 1e-16);
        for (mel, expected) in [(0, 0.0), (3, 200.0), (15, 1000.0), (42, 6400.0), (69, 40_960.0)] {
            assert!(
                (real(slaney::hz(mel * ONE), HZ_BITS) - expected).abs() < 1e-8 * expected.max(1.0),
                "{mel}"
            );
            let back = real(slaney::of_half(2 * expected as u32), BITS);
            assert!((back - mel as f64).abs() < 1e-9, "{back}");
        }
    }

    /// Each octave doubles `corner + f`.
    #[test]
    fn logarithmic_by_hand() {
        for (octaves, expected) in [(0, 0.0), (1, 400.0), (2, 1200.0), (5, 12_400.0)] {
            assert!((real(logarithmic::hz(octaves * ONE, CORNER), HZ_BITS) - expected).abs() < 1e-6);
            let back = real(logarithmic::of_half(2 * expected as u32, CORNER), BITS);
            assert!((back - octaves as f64).abs() < 1e-9, "{back}");
        }
    }

    #[test]
    fn the_edges_go_from_nothing_to_half_the_sample_rate() {
        for scale in [MelScale::Slaney, MelScale::Logarithmic { corner_hz: CORNER }] {
            let edges = BandEdges::new(scale, 22_050, 64);
            let edge = |index| real(edges.edge(index), HZ_BITS);
            assert_eq!(edge(0), 0.0);
            assert!((edge(65) - 11_025.0).abs() < 1e-5);
            // Bands become wider: the higher two gaps between edges are, the larger or equal they are.
            assert!(
                (0..64)
                    .all(|index| edge(index + 2) - edge(index + 1) >= edge(index + 1) - edge(index) - 1e-6)
            );
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
