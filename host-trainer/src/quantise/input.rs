use bumpalo::Bump;
use engine::blob::Normalisation;

use super::affine::Affine;
use crate::features::InputScaling;

/// Fraction bits of a band's multiplier and offset.
const Q20: f64 = (1 << 20) as f64;
/// The engine's features count 1/128 dB.
const PER_DECIBEL: f64 = 128.0;
/// The steepest map, in int8 steps per dB, whose products fit the engine's 32 bits over all of its 80 dB.
/// Only bands that hardly change over the training clips would ask for more.
const STEEPEST: f64 = 11.0;

/// What takes features straight to the int8 input, normalisation and quantisation in one.
///
/// In dB, with `r` in 1/128 dB: `q = ((r / 128 - mean) / deviation) / scale + zero_point`.
pub fn normalisation<'b>(bytes: &'b Bump, scaling: &InputScaling, input: Affine) -> Normalisation<'b> {
    let scale = f64::from(input.scale);
    match scaling {
        InputScaling::Gain(gain) => Normalisation::Power { gain: (f64::from(*gain) / scale) as f32 },
        InputScaling::PerBand { mean, deviation } => {
            let bands = mean.iter().zip(deviation).flat_map(|(&mean, &deviation)| {
                let steps = (1.0 / (f64::from(deviation) * scale)).min(STEEPEST);
                let multiplier = steps / PER_DECIBEL;
                let offset = f64::from(input.zero_point) - f64::from(mean) * steps;
                [multiplier, offset].map(|value| (value * Q20).round() as i32)
            });
            let bands: Vec<u8> = bands.flat_map(i32::to_le_bytes).collect();
            Normalisation::Decibel { bands: bytes.alloc_slice_copy(&bands) }
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::blob::{FrontEndParams, MelScale};
    use engine::front_end::FeatureWindow;

    use super::*;

    /// Two bands, three frames, decibels below the maximum of the window.
    const DECIBELS: [f32; 6] = [0.0, -20.0, -50.0, -10.0, -30.0, -90.0];

    fn engine_input(normalisation: Normalisation<'_>) -> [i8; 6] {
        let params = FrontEndParams {
            sample_rate: 22_050,
            fft_length: 512,
            hop_length: 100,
            window_samples: 200,
            mel_bands: 2,
            mel_scale: MelScale::Slaney,
            normalisation,
        };
        let (mut window, mut memory, mut input) = (FeatureWindow::new(), [0; 12], [0; 6]);
        window.configure(&params);
        for frame in 0..3 {
            let power = [DECIBELS[frame], DECIBELS[frame + 3]].map(|db| 10_f32.powf(db / 10.0));
            window.push(&power, &mut memory);
        }
        window.quantise(&memory, &params.normalisation, &mut input);
        input
    }

    fn engine_input_of(scaling: &InputScaling, input: Affine) -> [i8; 6] {
        engine_input(normalisation(&Bump::new(), scaling, input))
    }

    #[test]
    fn decibels_are_normalised_and_quantised() {
        let scaling = InputScaling::PerBand { mean: vec![-30.0, -40.0], deviation: vec![20.0, 10.0] };
        let input = Affine { scale: 0.25, zero_point: 5 };
        // (dB - mean) / deviation: 1.5, 0.5, -1 and 3, 1, -4 (at the floor of -80 dB); four steps each.
        assert_eq!(engine_input_of(&scaling, input), [11, 7, 1, 17, 9, -11]);
    }

    #[test]
    fn a_band_that_never_changes_saturates() {
        let scaling = InputScaling::PerBand { mean: vec![-20.0, -80.0], deviation: vec![1e-3, 1e-3] };
        let input = Affine { scale: 0.02, zero_point: -3 };
        assert_eq!(engine_input_of(&scaling, input), [127, -3, -128, 127, 127, -3]);
    }

    #[test]
    fn power_is_scaled() {
        // The gain makes 1 of a power of 1/2; a step is 1/100.
        let input = Affine { scale: 0.01, zero_point: -128 };
        assert_eq!(engine_input_of(&InputScaling::Gain(2.0), input), [72, -126, -128, -108, -128, -128]);
    }
}
