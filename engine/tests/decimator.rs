//! The decimator against its definition in numpy and against what a filter promises: `tests/scripts/pdm_golden.py` made
//! the golden file.
#![cfg(all(feature = "std", feature = "unstable"))]

use std::f64::consts::TAU;

use proptest::prelude::*;
use prosodia::listen::Decimator;

/// Samples until a filter of 40 coefficients at twice the rate, and the CIC filters before it, have forgotten what was.
const MEMORY: usize = 24;

fn decimate(pdm: &[u8]) -> Vec<i32> {
    let mut samples = Vec::new();
    Decimator::new().push(pdm, |sample| samples.push(sample));
    samples
}

/// As a share of full scale.
fn level(sample: i32) -> f64 {
    f64::from(sample) / 2_f64.powi(31)
}

/// The bits that a sigma-delta modulator of second order makes of samples at the clock's rate (J. C. Candy, A use of
/// double integration in sigma delta modulation, 1985).
fn modulate(samples: impl IntoIterator<Item = f64>) -> Vec<u8> {
    let (mut pdm, mut octet, mut integrators) = (Vec::new(), 1_u32, [0.0; 2]);
    for sample in samples {
        let fed_back = if integrators[1] < 0.0 { -1.0 } else { 1.0 };
        integrators[0] += sample - fed_back;
        integrators[1] += integrators[0] - 2.0 * fed_back;
        octet = octet << 1 | u32::from(fed_back > 0.0);
        if octet > 0xff {
            pdm.push(octet as u8);
            octet = 1;
        }
    }
    pdm
}

/// The bits of a tone, its frequency in units of the samples' rate.
fn tone(frequency: f64, amplitude: f64, samples: usize) -> Vec<u8> {
    let turn = TAU * frequency / 64.0;
    modulate((0..samples * 64).map(|n| amplitude * (turn * n as f64).sin()))
}

fn rms(levels: &[f64]) -> f64 {
    (levels.iter().map(|x| x * x).sum::<f64>() / levels.len() as f64).sqrt()
}

#[derive(serde::Deserialize)]
struct Golden {
    pdm: String,
    samples: Vec<i32>,
}

#[test]
fn samples_are_those_of_numpy_to_the_last_bit() {
    let golden: Golden = serde_json::from_str(include_str!("data/decimated.json")).unwrap();
    let digits: Vec<_> = golden.pdm.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    let pdm: Vec<_> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    assert_eq!(decimate(&pdm), golden.samples);
    // The extremes are among them.
    assert!(golden.samples.contains(&i32::MAX) && golden.samples.contains(&i32::MIN));
}

#[test]
fn a_tone_in_the_pass_band_keeps_its_level() {
    for frequency in [0.005, 0.05, 0.11, 0.19, 0.27, 0.33, 0.38, 0.41, 0.43] {
        let samples = decimate(&tone(frequency, 0.5, 3000));
        let levels: Vec<_> = samples[MEMORY..].iter().map(|&sample| level(sample)).collect();
        let decibels = 20.0 * (rms(&levels) / 0.125_f64.sqrt()).log10();
        assert!(decibels.abs() < 0.1, "{frequency} {decibels}");
    }
}

/// Whole periods of a density that goes up and down: no modulator's noise hides what is left of it.
#[test]
fn what_is_folded_onto_the_pass_band_is_65_db_down() {
    // At an eighth, a sixteenth and so on of the clock; bits of one density, then of the other.
    for (period, repeats) in [(8_usize, 4000_usize), (16, 2000), (32, 1000), (64, 500), (112, 300)] {
        let bits: Vec<bool> = (0..period * repeats).map(|n| n % period < period / 2).collect();
        let pdm: Vec<u8> = bits
            .chunks_exact(8)
            .map(|octet| octet.iter().fold(0, |octet, &bit| octet << 1 | u8::from(bit)))
            .collect();
        let levels: Vec<_> = decimate(&pdm)[MEMORY..].iter().map(|&sample| level(sample)).collect();
        // A square wave's first harmonic has 4 / pi; it is its level over that which counts.
        assert!(rms(&levels) < 10_f64.powf(-65.0 / 20.0) * 2_f64.sqrt() * 4.0 / TAU, "{period}");
    }
}

#[test]
fn constants_come_out_as_they_are_and_full_scale_does_not_overflow() {
    let of = |octet: u8| decimate(&vec![octet; 8 * 20_000]);
    for (octet, expected) in
        [(0b0101_0101, 0), (0b1010_1010, 0), (0b0111_0111, 1 << 30), (0b0001_0001, -(1 << 30)), (0, i32::MIN)]
    {
        assert!(of(octet)[MEMORY..].iter().all(|&sample| sample == expected), "{octet:08b}");
    }
    // The highest is a step of 16 bits below 1.
    assert!(of(0xff)[MEMORY..].iter().all(|&sample| sample == i32::MAX - 0xffff));
    // Silence has been before.
    assert!(of(0b0101_0101).iter().all(|&sample| sample == 0));
}

#[test]
fn steps_between_the_extremes_saturate() {
    let square: Vec<u8> = (0..8 * 4000).map(|n| if n / 80 % 2 == 0 { 0xff } else { 0 }).collect();
    let samples = decimate(&square);
    assert!(samples.contains(&i32::MAX) && samples.contains(&i32::MIN));
    // Nothing wraps round: the sign changes every ten samples, and not else.
    let crossings = samples[MEMORY..].windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
    assert!((397..=398).contains(&crossings), "{crossings}");
}

/// Bits that differ from the golden file's.
fn any_pdm() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..600)
}

proptest! {
    #[test]
    fn any_portions_of_words_of_any_width_give_the_same(
        pdm in any_pdm(),
        cuts in prop::collection::vec(0..600_usize, 0..9),
    ) {
        let expected = decimate(&pdm);
        prop_assert_eq!(expected.len(), pdm.len() / 8);

        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(pdm.len())).chain([0, pdm.len()]).collect();
        cuts.sort_unstable();
        let (mut decimator, mut samples) = (Decimator::new(), Vec::new());
        for cut in cuts.windows(2) {
            decimator.push(&pdm[cut[0]..cut[1]], |sample| samples.push(sample));
        }
        prop_assert_eq!(&samples, &expected);

        let (halves, rest) = pdm.as_chunks();
        let (mut decimator, mut samples) = (Decimator::new(), Vec::new());
        decimator.push(halves.iter().map(|&octets| u16::from_be_bytes(octets)), |sample| samples.push(sample));
        decimator.push(rest, |sample| samples.push(sample));
        prop_assert_eq!(&samples, &expected);

        let (words, rest) = pdm.as_chunks();
        let (mut decimator, mut samples) = (Decimator::new(), Vec::new());
        decimator.push(words.iter().map(|&octets| u32::from_be_bytes(octets)), |sample| samples.push(sample));
        decimator.push(rest, |sample| samples.push(sample));
        prop_assert_eq!(&samples, &expected);
    }

    /// What is heard is linear but for rounding: noughts for ones turn the sign.
    #[test]
    fn bits_turned_round_turn_the_sign(pdm in any_pdm()) {
        let turned: Vec<u8> = pdm.iter().map(|octet| !octet).collect();
        for (one, other) in decimate(&pdm).into_iter().zip(decimate(&turned)).skip(MEMORY) {
            prop_assert!((level(one) + level(other)).abs() < 3.0 / 32_768.0, "{} {}", one, other);
        }
    }
}
