use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::unheard::unheard;
use crate::acoustics::{
    Click, HARMONICS, Room, Thump, amplify, convolve, excerpt, hum, low_pass, mix, offset, set_peak, shape,
    telephone, to_f64, to_i16,
};

/// What happens to recordings between the speaker and the model; the same each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Condition {
    /// Nothing.
    Clean,
    /// Noise so many dB below the speech.
    Noise(f64),
    /// Nothing is left above so many Hz.
    LowPass(f64),
    /// A room in which sound fades by 60 dB in so many seconds.
    Reverberation(f64),
    /// A click of 1 ms and 20000 high (full scale is 32768), 0.9 s from the start.
    Click,
    /// A thump of 60 Hz, 100 ms and 8000 high, 0.36 s from the start.
    Thump,
    /// Hum of 50 Hz with its harmonics, 10 dB below the speech.
    Hum,
    /// The recording level is so high that the peaks lie 12 dB above full scale.
    Clipping,
    /// The recording is 0.03 times as loud.
    Gain,
    /// An offset of 1000.
    Dc,
    /// A telephone line: 300 to 3400 Hz, mu-law.
    Telephone,
}

/// What conditions need to know.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Samples a second.
    pub rate: u32,
    /// Recordings of noise; without any, kinds are made that training does not add.
    pub noises: &'a [Vec<i16>],
}

/// How steep a low-pass is: 144 dB an octave, as sources of a lower sample rate have it.
const ORDER: i32 = 24;
/// Where the click is, in seconds: sample 20000 at 22050 Hz.
const CLICK: f64 = 20_000.0 / 22_050.0;
/// Where the thump begins, in seconds: sample 8000 at 22050 Hz.
const THUMP: f64 = 8000.0 / 22_050.0;
/// Of the randomness of noises and rooms, so that these rooms are none of training's.
const SEED: u64 = 0x70_61_6e_65_6c;

impl Surroundings<'_> {
    fn noise(&self, number: usize, length: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
        match self.noises.get(number % self.noises.len().max(1)) {
            Some(recording) => excerpt(recording, length, rng),
            None => unheard(number, length, self.rate, rng),
        }
    }
}

impl Condition {
    /// The panel, `clean` first: each condition with its name.
    pub const PANEL: [(&str, Self); 16] = [
        ("clean", Self::Clean),
        ("noise-30-db", Self::Noise(30.0)),
        ("noise-20-db", Self::Noise(20.0)),
        ("noise-10-db", Self::Noise(10.0)),
        ("low-pass-8-khz", Self::LowPass(8000.0)),
        ("low-pass-5.5-khz", Self::LowPass(5500.0)),
        ("low-pass-4-khz", Self::LowPass(4000.0)),
        ("reverberation-0.3-s", Self::Reverberation(0.3)),
        ("reverberation-0.6-s", Self::Reverberation(0.6)),
        ("click", Self::Click),
        ("thump", Self::Thump),
        ("hum", Self::Hum),
        ("clipping", Self::Clipping),
        ("gain", Self::Gain),
        ("dc", Self::Dc),
        ("telephone", Self::Telephone),
    ];

    /// Disturbs the samples that a model hears. The number of the recording decides about which noise and which room.
    #[must_use]
    pub fn apply(self, window: &[i16], number: usize, surroundings: &Surroundings<'_>) -> Vec<i16> {
        let rate = surroundings.rate;
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        rng.set_stream(number as u64);
        let seconds = |seconds: f64| (seconds * f64::from(rate)).round() as usize;
        let mut samples = to_f64(window);
        match self {
            Self::Clean => {}
            Self::Noise(decibels) => {
                mix(&mut samples, &surroundings.noise(number, window.len(), &mut rng), decibels);
            }
            Self::LowPass(cutoff) => shape(&mut samples, rate, low_pass(cutoff, ORDER)),
            Self::Reverberation(time) => {
                convolve(&mut samples, &Room::random(time, &mut rng).impulse_response(rate));
            }
            Self::Click => {
                let click = Click { start: seconds(CLICK), seconds: 0.001, height: 20_000.0 };
                click.add(&mut samples, rate);
            }
            Self::Thump => {
                let thump = Thump { start: seconds(THUMP), seconds: 0.1, frequency: 60.0, height: 8000.0 };
                thump.add(&mut samples, rate);
            }
            Self::Hum => {
                let harmonics =
                    std::array::from_fn::<_, HARMONICS, _>(|index| (1.0 / (index + 1) as f64, 0.0));
                mix(&mut samples, &hum(window.len(), rate, 50.0, harmonics), 10.0);
            }
            Self::Clipping => set_peak(&mut samples, 12.0),
            Self::Gain => amplify(&mut samples, 20.0 * 0.03f64.log10()),
            Self::Dc => offset(&mut samples, 1000.0),
            Self::Telephone => samples = telephone(&samples, rate),
        }
        to_i16(&samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acoustics::power;

    const QUIET: Surroundings<'_> = Surroundings { rate: 22_050, noises: &[] };

    fn tone() -> Vec<i16> {
        (0..66_150).map(|n| (6000.0 * (0.1 * f64::from(n)).sin()) as i16).collect()
    }

    #[test]
    fn names_are_different_and_clean_is_first() {
        let names: std::collections::BTreeSet<_> = Condition::PANEL.iter().map(|(name, _)| name).collect();
        assert_eq!((names.len(), Condition::PANEL[0]), (16, ("clean", Condition::Clean)));
    }

    #[test]
    fn all_but_clean_disturb_and_the_number_decides() {
        for (name, condition) in Condition::PANEL {
            let window = condition.apply(&tone(), 4, &QUIET);
            assert_eq!(window.len(), 66_150);
            assert_eq!(window == tone(), condition == Condition::Clean, "{name}");
            assert_eq!(window, condition.apply(&tone(), 4, &QUIET), "{name}");
            let drawn = matches!(condition, Condition::Noise(_) | Condition::Reverberation(_));
            assert_eq!(window != condition.apply(&tone(), 5, &QUIET), drawn, "{name}");
        }
    }

    #[test]
    fn noise_is_as_many_db_below_and_of_the_recordings_where_there_are_some() {
        let recording = vec![vec![100, -100]];
        for noises in [&[][..], &recording] {
            for number in 0..3 {
                let noisy = Condition::Noise(20.0).apply(&tone(), number, &Surroundings { noises, ..QUIET });
                let added: Vec<f64> =
                    noisy.iter().zip(&tone()).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
                let ratio = 10.0 * (power(&to_f64(&tone())) / power(&added)).log10();
                assert!((ratio - 20.0).abs() < 0.1, "{ratio}");
                let alternates = added.windows(2).all(|pair| (pair[0] + pair[1]).abs() <= 1.0);
                assert_eq!(alternates, !noises.is_empty());
            }
        }
    }

    #[test]
    fn knocks_are_where_they_were_and_clip() {
        let mut window = vec![-5; 66_150];
        window[20_001] = 20_000;
        let clicked = Condition::Click.apply(&window, 0, &QUIET);
        assert_eq!(clicked[19_999..20_003], [-5, 19_995, i16::MAX, 19_995]);
        assert_eq!(clicked[20_021..20_023], [19_995, -5]);
        let thumped = Condition::Thump.apply(&window, 0, &QUIET);
        assert_eq!(thumped.iter().position(|sample| *sample != -5), Some(8001));
        assert_eq!(thumped[8000 + 92], 7995);
    }

    #[test]
    fn loudness_is_what_it_is_said_to_be() {
        let highest = |condition: Condition| condition.apply(&tone(), 0, &QUIET).into_iter().max();
        assert_eq!(highest(Condition::Gain), Some(180));
        assert_eq!(highest(Condition::Dc), Some(7000 - 1));
        let clipped = Condition::Clipping.apply(&tone(), 0, &QUIET);
        // A sine of four times full scale is beyond it but for 4 / pi * asin(1 / 4) / 2 = 16 % of the time.
        let free = clipped.iter().filter(|&&sample| sample > i16::MIN && sample < i16::MAX).count();
        assert!((0.155..0.167).contains(&(free as f64 / 66_150.0)), "{free}");
    }
}
