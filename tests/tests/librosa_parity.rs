//! The front end computes what librosa 0.11 computes. `tests/scripts/librosa_golden.py` made the golden files.

use std::fs::File;
use std::num::NonZeroU8;
use std::path::Path;

use engine::blob::{FrontEndParams, MelScale, Normalisation, Reference};
use engine::front_end::{Features, MelFrames, decibel};
use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;

/// What a 32-bit FFT can hold: relative to a value, and to the loudest one.
const POWER_RTOL: f32 = 1e-4;
const POWER_ATOL_OF_MAX: f32 = 1e-8;
/// In dB, after the floor.
const DECIBEL_ATOL: f32 = 1e-3;
/// librosa's `top_db`.
const RANGE: f32 = 80.0;

/// What librosa made of a signal with one set of parameters.
struct Golden {
    name: String,
    params: FrontEndParams<'static>,
    power: Array2<f32>,
    decibel: Array2<f32>,
}

fn golden(signal: &str) -> (Vec<i16>, Vec<Golden>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("golden/librosa/{signal}.npz"));
    let mut npz = NpzReader::new(File::open(path).unwrap()).unwrap();
    let samples: Array1<i16> = npz.by_name("samples").unwrap();
    let mut goldens = Vec::new();
    for key in npz.names().unwrap() {
        let Some(config) = key.strip_prefix("power_") else { continue };
        let numbers: Vec<u32> = config.split('_').map(|number| number.parse().unwrap()).collect();
        let (&[sample_rate, fft_length, hop_length, mel_bands], corner) =
            numbers.split_first_chunk().unwrap();
        goldens.push(Golden {
            name: format!("{signal} {config}"),
            params: FrontEndParams {
                sample_rate,
                fft_length: fft_length as u16,
                hop_length: hop_length as u16,
                window_samples: samples.len() as u32,
                mel_bands: mel_bands as u16,
                mel_scale: match *corner {
                    [] => MelScale::Slaney,
                    [corner_hz] => {
                        MelScale::Logarithmic { corner_hz: (corner_hz as u16).try_into().unwrap() }
                    }
                    _ => panic!("{key}"),
                },
                normalisation: Normalisation::Power { gain: 1.0, root: NonZeroU8::MIN, offset: -128.0 },
            },
            power: npz.by_name(&key).unwrap(),
            decibel: npz.by_name(&format!("decibel_{config}")).unwrap(),
        });
    }
    assert!(!goldens.is_empty(), "{signal}");
    (samples.to_vec(), goldens)
}

/// Every frame of a recording of a window's length.
fn for_each_frame(samples: &[i16], params: &FrontEndParams<'_>, mut on_frame: impl FnMut(&[f32])) {
    let mut mel_frames = MelFrames::new();
    mel_frames.configure(params);
    let mut scratch = vec![0.0; MelFrames::scratch_len(params)];
    let mut samples = samples;
    for _ in 0..params.frames() {
        match mel_frames.next(&mut samples, &mut scratch) {
            Some(power) => on_frame(power),
            None => on_frame(mel_frames.pad(&mut scratch)),
        }
    }
}

/// Bands by frames, as librosa has it.
fn mel_power(samples: &[i16], params: &FrontEndParams<'_>) -> Array2<f32> {
    let mut frames = Vec::new();
    for_each_frame(samples, params, |power| frames.extend_from_slice(power));
    let shape = (params.frames(), params.mel_bands.into());
    Array2::from_shape_vec(shape, frames).unwrap().reversed_axes()
}

fn maximum(values: &Array2<f32>) -> f32 {
    values.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

fn largest_difference(ours: &Array2<f32>, theirs: &Array2<f32>) -> f32 {
    maximum(&(ours - theirs).abs())
}

fn assert_parity(samples: &[i16], golden: &Golden) {
    let power = mel_power(samples, &golden.params);
    assert_eq!(power.dim(), golden.power.dim(), "{}", golden.name);
    let atol = POWER_ATOL_OF_MAX * maximum(&golden.power);
    let allowed = golden.power.mapv(|power| POWER_RTOL * power + atol);
    let deviation = (&power - &golden.power).abs();
    // Silence allows 0 and deviates by 0.
    let of_allowed = maximum(&(&deviation / &allowed.mapv(|allowed| allowed.max(f32::MIN_POSITIVE))));

    let decibels = power.mapv(decibel);
    let reference = maximum(&decibels);
    let decibels = decibels.mapv(|value| (value - reference).max(-RANGE));
    let difference = largest_difference(&decibels, &golden.decibel);

    println!("{:30} power: {of_allowed:.3} of what is allowed; dB: {difference:.6}", golden.name);
    assert!(of_allowed <= 1.0, "{}: power is off by {of_allowed} of what is allowed", golden.name);
    assert!(difference <= DECIBEL_ATOL, "{}: off by {difference} dB", golden.name);
}

fn assert_signal_parity(signal: &str) {
    let (samples, goldens) = golden(signal);
    for golden in goldens {
        assert_parity(&samples, &golden);
    }
}

#[test]
fn chirp() {
    assert_signal_parity("chirp");
}

#[test]
fn noise() {
    assert_signal_parity("noise");
}

#[test]
fn impulse() {
    assert_signal_parity("impulse");
}

#[test]
fn square() {
    assert_signal_parity("square");
}

#[test]
fn constant() {
    assert_signal_parity("constant");
}

#[test]
fn silence() {
    assert_signal_parity("silence");
}

#[test]
fn short_speech() {
    assert_signal_parity("speech_short");
}

#[test]
fn three_seconds_of_speech() {
    let (_, goldens) = golden("speech");
    let mut shapes: Vec<_> = goldens.iter().map(|golden| golden.power.dim()).collect();
    shapes.sort_unstable();
    assert_eq!(shapes, [(64, 130), (64, 130), (128, 130)]);
    assert_signal_parity("speech");
}

/// The whole way to the network's input, with a normalisation of one int8 step a dB.
#[test]
fn the_network_s_input_is_librosa_s_decibels() {
    const STEP_PER_DECIBEL: i32 = (1 << 20) / 128;
    let (samples, goldens) = golden("speech");
    for Golden { name, params, decibel, .. } in goldens {
        let affine = [STEP_PER_DECIBEL.to_le_bytes(), [0; 4]].concat();
        let bands = affine.repeat(params.mel_bands.into());
        let normalisation = Normalisation::Decibel { bands: &bands, reference: Reference::WindowMaximum };
        let params = FrontEndParams { normalisation, ..params };
        let mut memory = vec![0; Features::memory_bytes(&params)];
        let mut features = Features::new();
        features.configure(&params);
        let mut rows = Vec::new();
        for_each_frame(&samples, &params, |power| {
            features.push(&params, power.iter().copied(), &mut memory);
            while let Some(row) = features.next(&params, &mut memory) {
                let mut values = vec![0; params.mel_bands.into()];
                row.write(&params, &memory, &mut values);
                rows.extend(values);
            }
        });
        let shape = (params.frames(), params.mel_bands.into());
        let input = Array2::from_shape_vec(shape, rows).unwrap().reversed_axes().mapv(f32::from);
        let difference = largest_difference(&input, &decibel);
        println!("{name:30} int8 input: off by {difference:.4} dB");
        // Half a dB of the int8, and the value and its reference each half a step of 1/128 dB.
        assert!(difference <= 0.5 + 1.0 / 128.0 + DECIBEL_ATOL, "{name}: {difference}");
    }
}
