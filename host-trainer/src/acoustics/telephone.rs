use super::{decode, encode, high_pass, low_pass, shape, to_f64, to_i16};
use crate::audio::resample;

/// Samples a second of a telephone line (G.711).
const RATE: u32 = 8000;
/// The band that it lets through, in Hz.
const BAND: [f64; 2] = [300.0, 3400.0];
/// How steep the band's ends are: 48 dB an octave.
const ORDER: i32 = 8;

/// Samples as they come from the other end of a telephone line: 300 to 3400 Hz, 8000 samples a second, mu-law.
///
/// # Panics
/// If the rate is 0.
#[must_use]
pub fn telephone(samples: &[f64], rate: u32) -> Vec<f64> {
    let mut line = resample(samples, rate, RATE).expect("both rates are above 0");
    let (low, high) = (high_pass(BAND[0], ORDER), low_pass(BAND[1], ORDER));
    shape(&mut line, RATE, |frequency| low(frequency) * high(frequency));
    let received: Vec<i16> = to_i16(&line).into_iter().map(|sample| decode(encode(sample))).collect();
    let mut heard = resample(&to_f64(&received), RATE, rate).expect("both rates are above 0");
    heard.resize(samples.len(), 0.0);
    heard
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::super::power;
    use super::*;

    fn tone(frequency: f64, rate: u32) -> Vec<f64> {
        let n = 0..rate as usize + 7;
        n.map(|n| 8000.0 * (TAU * frequency * n as f64 / f64::from(rate)).sin()).collect()
    }

    #[test]
    fn a_tone_within_the_band_comes_through_with_the_noise_of_mu_law() {
        for rate in [16_000, 22_050, 48_000] {
            let sent = tone(1000.0, rate);
            let heard = telephone(&sent, rate);
            assert_eq!(heard.len(), sent.len());
            let middle = rate as usize / 4..rate as usize / 2;
            let noise: Vec<f64> =
                heard[middle.clone()].iter().zip(&sent[middle.clone()]).map(|(a, b)| a - b).collect();
            let ratio = 10.0 * (power(&sent[middle]) / power(&noise)).log10();
            // G.712 asks for 33 dB and more; 16 steps a segment allow no more than about 40.
            assert!((33.0..45.0).contains(&ratio), "{rate}: {ratio}");
        }
    }

    #[test]
    fn what_lies_outside_the_band_is_lost() {
        for frequency in [60.0, 5000.0, 9000.0] {
            let sent = tone(frequency, 22_050);
            let heard = telephone(&sent, 22_050);
            assert!(power(&heard) < 1e-3 * power(&sent), "{frequency}");
        }
    }
}
