use std::num::NonZeroU8;

use engine::blob::{FrontEndParams, Normalisation};
use engine::front_end::{Features, MelFrames, decibel, decibel_steps};

use super::FrontEndSpec;

/// librosa's `top_db`.
const RANGE_DB: f32 = 80.0;

/// Mel power of a window, frames by bands, a row a frame. Shorter recordings are padded with silence, of longer
/// ones the first frames are taken.
#[must_use]
pub fn mel_power(samples: &[i16], spec: &FrontEndSpec) -> Vec<f32> {
    let mut power = Vec::with_capacity(spec.frames() * usize::from(spec.mel_bands));
    for_each_frame(
        samples,
        &spec.params(Normalisation::Power { gain: 1.0, root: NonZeroU8::MIN, offset: -128.0 }),
        |frame| {
            power.extend_from_slice(frame);
        },
    );
    power
}

/// Power in dB below its maximum, floored at -80 dB: librosa's `power_to_db(power, ref=np.max)`.
///
/// ```
/// assert_eq!(host_trainer::features::decibels(&[1.0, 100.0, 0.0]), [-20.0, 0.0, -80.0]);
/// ```
#[must_use]
pub fn decibels(power: &[f32]) -> Vec<f32> {
    let reference = decibel(power.iter().copied().fold(0.0, f32::max));
    power.iter().map(|&power| (decibel(power) - reference).max(-RANGE_DB)).collect()
}

/// Mel power of a window in steps of 1/128 dB, as the device keeps it; frames by bands, a row a frame. It is relative
/// to nothing yet; a [`Reference`](super::Reference) makes features of it.
#[must_use]
pub fn log_mel(samples: &[i16], spec: &FrontEndSpec) -> Vec<i16> {
    mel_power(samples, spec).into_iter().map(decibel_steps).collect()
}

/// A model's int8 input, frames by bands, a row a frame, as the device computes it from a voice that it does not know.
/// Shorter recordings are padded with silence, of longer ones the first frames are taken.
#[must_use]
pub fn input(samples: &[i16], params: &FrontEndParams<'_>) -> Vec<i8> {
    let mut memory = vec![0; Features::memory_bytes(params)];
    let mut features = Features::new();
    features.configure(params);
    let mut input = Vec::with_capacity(usize::from(params.mel_bands) * params.frames());
    let mut write_rows = |features: &mut Features, memory: &mut [i8]| {
        while let Some(row) = features.next(params, memory) {
            let start = input.len();
            input.resize(start + usize::from(params.mel_bands), 0);
            row.write(params, memory, &mut input[start..]);
        }
    };
    for_each_frame(samples, params, |frame| {
        features.push(params, frame.iter().copied(), &mut memory);
        write_rows(&mut features, &mut memory);
    });
    features.end();
    write_rows(&mut features, &mut memory);
    input
}

/// Calls `on_frame` with the mel power of exactly as many frames as a window has.
fn for_each_frame(samples: &[i16], params: &FrontEndParams<'_>, mut on_frame: impl FnMut(&[f32])) {
    let mut mel_frames = MelFrames::new();
    mel_frames.configure(params);
    let mut scratch = vec![0.0; MelFrames::scratch_len(params)];
    let mut samples = samples;
    for _ in 0..params.frames() {
        match mel_frames.next(&mut samples, &mut scratch) {
            Some(frame) => on_frame(frame),
            None => on_frame(mel_frames.pad(&mut scratch)),
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::blob;

    use super::super::{Hearing, InputScaling, MelScale, Reference, Voice};
    use super::*;

    const SPEC: FrontEndSpec = FrontEndSpec {
        sample_rate: 22_050,
        fft_length: 512,
        hop_length: 256,
        mel_bands: 40,
        mel_scale: MelScale::Slaney,
        window_samples: 2_560,
        reference: Reference::WindowMaximum,
    };

    fn tone(length: usize) -> Vec<i16> {
        (0..length).map(|n| (8000.0 * (n as f64 * 0.3).sin()) as i16).collect()
    }

    #[test]
    fn a_tone_lies_in_the_band_around_its_frequency() {
        // 0.3 rad a sample is 1052.8 Hz. The Slaney scale puts it at 15.75 mel of 51.47 (11025 Hz) in all, and the
        // centre of band i at (i + 1) / 41 of them: between bands 11 and 12, nearer to 12.
        let power = mel_power(&tone(2560), &SPEC);
        let middle = |band: usize| power[5 * 40 + band];
        let loudest = (0..40).max_by(|&a, &b| middle(a).total_cmp(&middle(b)));
        assert_eq!(loudest, Some(12));
    }

    #[test]
    fn short_recordings_are_padded_and_long_ones_cut() {
        let silence_after = [tone(1000), vec![0; 1560]].concat();
        assert_eq!(mel_power(&tone(1000), &SPEC), mel_power(&silence_after, &SPEC));
        assert_eq!(mel_power(&tone(9000), &SPEC).len(), 40 * 11);
        // Nothing is -100 dB.
        assert_eq!(log_mel(&[], &SPEC), vec![-12_800; 40 * 11]);
    }

    #[test]
    fn decibels_follow_the_definition() {
        // 10 log10(p / 0.5), by hand.
        let found = decibels(&[0.5, 0.25, 0.05, 1e-9, 0.0]);
        for (found, expected) in found.into_iter().zip([0.0, -3.0103, -10.0, -80.0, -80.0]) {
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }

    #[test]
    fn the_device_input_is_the_decibels_to_a_step() {
        // One int8 step a dB, 0 dB at 100: q = dB + 100 in Q20 of 1/128 dB.
        let bands: Vec<u8> = std::iter::repeat_n([8192, 100 << 20], 40)
            .flatten()
            .flat_map(|coefficient: i32| coefficient.to_le_bytes())
            .collect();
        let samples = tone(2560);
        let reference = blob::Reference::WindowMaximum;
        let quantised = input(&samples, &SPEC.params(Normalisation::Decibel { bands: &bands, reference }));
        let hearing = Hearing { front_end: SPEC, scaling: InputScaling::NONE, prior: Vec::new() };
        let referred = hearing.refer(&log_mel(&samples, &SPEC), &Voice::default());
        for (q, decibels) in quantised.into_iter().zip(referred) {
            assert!((f32::from(q) - 100.0 - decibels).abs() <= 0.5, "{q} {decibels}");
        }
    }
}
