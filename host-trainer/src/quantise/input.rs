use std::num::NonZeroU8;

use bumpalo::Bump;
use engine::Quantisation;
use engine::blob::{self, Normalisation};

use crate::features::{Hearing, InputScaling, Reference};

/// Fraction bits of a band's multiplier and offset.
const Q20: f64 = (1 << 20) as f64;
/// The engine's features count 1/128 dB.
const PER_DECIBEL: f64 = 128.0;
/// What takes features straight to the int8 input, normalisation and quantisation in one.
///
/// In dB, with `r` in 1/128 dB: `q = ((r / 128 - mean) / deviation) / scale + zero_point`.
pub fn normalisation<'b>(bytes: &'b Bump, hearing: &Hearing, input: Quantisation) -> Normalisation<'b> {
    let scale = f64::from(input.scale);
    match &hearing.scaling {
        InputScaling::Alike { mean, deviation } => {
            let root = match hearing.front_end.reference {
                Reference::Power { root } => root,
                Reference::WindowMaximum | Reference::Running(_) => NonZeroU8::MIN,
            };
            let gain = 1.0 / (f64::from(*deviation) * scale);
            let offset = f64::from(input.zero_point) - f64::from(*mean) * gain;
            Normalisation::Power { gain: gain as f32, root, offset: offset as f32 }
        }
        InputScaling::PerBand { mean, deviation } => {
            let steepest = steepest(hearing.front_end.reference);
            let bands = mean.iter().zip(deviation).flat_map(|(&mean, &deviation)| {
                let steps = (1.0 / (f64::from(deviation) * scale)).min(steepest);
                let multiplier = steps / PER_DECIBEL;
                let offset = f64::from(input.zero_point) - f64::from(mean) * steps;
                [multiplier, offset].map(|value| (value * Q20).round() as i32)
            });
            let bands: Vec<u8> = bands.flat_map(i32::to_le_bytes).collect();
            let reference = match hearing.front_end.reference {
                Reference::Running(running) => {
                    blob::Reference::Running(running.params(bytes.alloc_slice_copy(&hearing.prior_bytes())))
                }
                Reference::WindowMaximum | Reference::Power { .. } => blob::Reference::WindowMaximum,
            };
            Normalisation::Decibel { bands: bytes.alloc_slice_copy(&bands), reference }
        }
    }
}

/// The steepest map, in int8 steps per dB, whose products fit the engine's 32 bits over all that a reference lets
/// through: 80 dB below a maximum, 120 dB around a level and a voice. Only bands that hardly change over the training
/// clips would ask for more.
const fn steepest(reference: Reference) -> f64 {
    match reference {
        Reference::Running(_) => 7.0,
        Reference::WindowMaximum | Reference::Power { .. } => 11.0,
    }
}

#[cfg(test)]
mod tests {
    use engine::front_end::Features;

    use super::*;
    use crate::features::{FrontEndSpec, MelScale};

    /// Two bands, three frames, decibels below the maximum of the window.
    const DECIBELS: [[f32; 2]; 3] = [[0.0, -10.0], [-20.0, -30.0], [-50.0, -90.0]];

    /// Three rows of two bands.
    fn engine_input(scaling: InputScaling, reference: Reference, input: Quantisation) -> [[i8; 2]; 3] {
        let front_end = FrontEndSpec {
            sample_rate: 22_050,
            fft_length: 512,
            hop_length: 100,
            window_samples: 200,
            mel_bands: 2,
            mel_scale: MelScale::Slaney,
            reference,
        };
        let bytes = Bump::new();
        let hearing = Hearing { front_end, scaling, prior: Vec::new() };
        let params = front_end.params(normalisation(&bytes, &hearing, input));
        let mut features = Features::new();
        features.configure(&params);
        let mut memory = vec![0; Features::memory_bytes(&params)];
        let mut rows = Vec::new();
        for frame in DECIBELS {
            features.push(&params, frame.map(|decibels| 10_f32.powf(decibels / 10.0)), &mut memory);
            while let Some(row) = features.next(&params, &mut memory) {
                let mut values = [0; 2];
                row.write(&params, &memory, &mut values);
                rows.push(values);
            }
        }
        rows.try_into().unwrap()
    }

    #[test]
    fn decibels_are_normalised_and_quantised() {
        let scaling = InputScaling::PerBand { mean: vec![-30.0, -40.0], deviation: vec![20.0, 10.0] };
        let input = Quantisation { scale: 0.25, zero_point: 5 };
        // (dB - mean) / deviation: 1.5, 0.5, -1 and 3, 1, -4 (at the floor of -80 dB); four steps each.
        let found = engine_input(scaling, Reference::WindowMaximum, input);
        assert_eq!(found, [[11, 17], [7, 9], [1, -11]]);
    }

    #[test]
    fn a_band_that_never_changes_saturates_and_one_that_is_muted_is_the_mean() {
        let scaling =
            InputScaling::PerBand { mean: vec![-20.0, -80.0], deviation: vec![1e-3, f32::INFINITY] };
        let input = Quantisation { scale: 0.02, zero_point: -3 };
        let found = engine_input(scaling, Reference::WindowMaximum, input);
        assert_eq!(found, [[127, -3], [-3, -3], [-128, -3]]);
    }

    #[test]
    fn power_is_scaled() {
        // A power of 1/2 becomes 1; a step is 1/100.
        let input = Quantisation { scale: 0.01, zero_point: -128 };
        let reference = Reference::Power { root: NonZeroU8::MIN };
        let found = engine_input(InputScaling::Alike { mean: 0.0, deviation: 0.5 }, reference, input);
        assert_eq!(found, [[72, -108], [-126, -128], [-128, -128]]);
    }

    #[test]
    fn a_root_of_power_is_normalised() {
        // Square roots are 1, 0.316; 0.1, 0.032; 0.003, 0.000032. Less 0.2 and doubled, in steps of 1/100.
        let input = Quantisation { scale: 0.01, zero_point: -100 };
        let reference = Reference::Power { root: NonZeroU8::MIN.saturating_add(1) };
        let found = engine_input(InputScaling::Alike { mean: 0.2, deviation: 0.5 }, reference, input);
        assert_eq!(found, [[60, -77], [-120, -128], [-128, -128]]);
    }
}
