//! The `features` command, as a user runs it.

use std::f64::consts::TAU;
use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use engine::blob::{Body, FrontEndParams, Layer, MelScale, Normalisation, Op, Reference, Rescale, Tensor};
use hound::{SampleFormat, WavSpec, WavWriter};
use ndarray::Array2;
use ndarray_npy::{ReadableElement, read_npy};
use tempfile::TempDir;

const SPEC: WavSpec =
    WavSpec { channels: 1, sample_rate: 22_050, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A folder with a recording in it: a second of a tone of 1000 Hz.
struct Workplace(TempDir);

impl Workplace {
    fn new() -> Self {
        let workplace = Self(TempDir::new().unwrap());
        let mut writer = WavWriter::create(workplace.path("tone.wav"), SPEC).unwrap();
        for n in 0..22_050 {
            let angle = TAU * 1000.0 * f64::from(n) / 22_050.0;
            writer.write_sample((angle.sin() * 16_384.0) as i16).unwrap();
        }
        writer.finalize().unwrap();
        workplace
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::cargo_bin("host-trainer").unwrap();
        command.current_dir(self.0.path()).arg("features").args(options);
        command
    }

    fn features<T: ReadableElement>(&self, options: &[&str]) -> Array2<T> {
        self.command(&["tone.wav", "--out", "features.npy"]).args(options).assert().success();
        read_npy(self.path("features.npy")).unwrap()
    }

    fn complaint(&self, options: &[&str]) -> String {
        let output = self.command(options).assert().code(1).get_output().clone();
        assert_eq!(output.stdout, b"");
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(message.lines().count(), 1, "{message}");
        message
    }
}

#[test]
fn decibels_are_below_the_loudest() {
    let workplace = Workplace::new();
    let decibels: Array2<f32> = workplace.features(&[]);
    assert_eq!(decibels.dim(), (64, 130));
    assert_eq!(decibels.iter().copied().fold(f32::MIN, f32::max), 0.0);
    // After a second there is silence.
    assert!(decibels.column(100).iter().all(|&decibel| decibel == -80.0));
}

#[test]
fn power_is_that_of_the_tone() {
    let workplace = Workplace::new();
    let options = ["--stage", "power", "--mels", "40", "--fft", "1024", "--hop", "256"];
    let power: Array2<f32> = workplace.features(&options);
    assert_eq!(power.dim(), (40, 259));
    // A tone of amplitude 1/2 has a peak of (1/2 * 1024 / 4)^2 in the power spectrum, and a sum over the bins of 1.5
    // times that (Hann). Neighbouring triangles share each bin out between them: 2 / (their width in Hz) of the sum.
    // The Slaney bands around 1000 Hz (15 mel) are 51.47 / 41 mel apart: 2.51 mel from edge to edge, or 167 to 175 Hz.
    let total: f32 = power.column(20).sum();
    let expected = 1.5 * 128_f32.powi(2) * 2.0 / 171.0;
    assert!((total / expected - 1.0).abs() < 0.03, "{total} {expected}");
}

#[test]
fn a_models_input_is_what_its_blob_says() {
    let workplace = Workplace::new();
    // A step a dB, the maximum at 10.
    let bands: Vec<u8> = [8192_i32, 10 << 20].repeat(32).iter().flat_map(|c| c.to_le_bytes()).collect();
    fs::write(workplace.path("m.postcard"), blob(&bands)).unwrap();
    let input: Array2<i8> = workplace.features(&["--stage", "input", "--model", "m.postcard"]);
    let decibels: Array2<f32> = workplace.features(&["--model", "m.postcard"]);
    assert_eq!(input.dim(), (32, 65));
    assert_eq!(input.iter().max(), Some(&10));
    for (q, decibel) in input.iter().zip(&decibels) {
        assert!((f32::from(*q) - 10.0 - decibel).abs() < 0.51);
    }
}

#[test]
fn without_a_model_the_input_is_the_shipped_one_s() {
    let workplace = Workplace::new();
    let input: Array2<i8> = workplace.features(&["--stage", "input"]);
    assert_eq!(input.dim(), (64, 130));
    let complaint =
        workplace.complaint(&["tone.wav", "--out", "new.npy", "--stage", "input", "--mels", "40"]);
    assert!(complaint.contains("--mels"), "{complaint}");
}

/// The smallest model there is: the mean of the features, and one label.
fn blob(bands: &[u8]) -> Vec<u8> {
    let rescale = |shift| Rescale { multiplier: 1 << 30, shift };
    let input = Tensor { height: 65, width: 32, channels: 1, zero_point: 0, scale: 1.0 };
    let mean = Tensor { height: 1, width: 1, ..input };
    let probabilities = Tensor { zero_point: -128, scale: 1.0 / 256.0, ..mean };
    let body = Body {
        name: "mean",
        labels: ["neutral"].into_iter().collect(),
        front_end: Some(FrontEndParams {
            sample_rate: 22_050,
            fft_length: 2048,
            hop_length: 1024,
            window_samples: 66_150,
            mel_bands: 32,
            mel_scale: MelScale::Slaney,
            normalisation: Normalisation::Decibel { bands, reference: Reference::WindowMaximum },
        }),
        input,
        layers: [
            Layer { input: 0, lag: 0, output: mean, op: Op::GlobalAveragePool { rescale: rescale(0) } },
            Layer { input: 1, lag: 0, output: probabilities, op: Op::Softmax { rescale: rescale(20) } },
        ]
        .into_iter()
        .collect(),
    };
    body.to_bytes().unwrap()
}

#[test]
fn bad_input_is_named_and_leaves_the_old_file() {
    let workplace = Workplace::new();
    fs::write(workplace.path("broken.wav"), b"RIFF").unwrap();
    fs::write(workplace.path("old.npy"), b"old").unwrap();
    let broken = workplace.complaint(&["broken.wav", "--out", "old.npy"]);
    assert!(broken.contains("broken.wav"), "{broken}");
    assert_eq!(fs::read(workplace.path("old.npy")).unwrap(), b"old");

    let missing = workplace.complaint(&["missing.wav", "--out", "new.npy"]);
    assert!(missing.contains("missing.wav"), "{missing}");
    let model = workplace.complaint(&["tone.wav", "--out", "new.npy", "--model", "tone.wav"]);
    assert!(model.contains("tone.wav") && model.contains("not a model blob"), "{model}");
    assert!(!workplace.path("new.npy").exists());

    let output = workplace.complaint(&["tone.wav", "--out", "old.npy/features.npy"]);
    assert!(output.contains("old.npy/features.npy"), "{output}");
}

#[test]
fn wrong_options_are_usage_errors() {
    let workplace = Workplace::new();
    for options in [["--fft", "1000"], ["--mels", "0"], ["--hop", "64"]] {
        workplace.command(&["tone.wav", "--out", "features.npy"]).args(options).assert().code(2);
    }
}
