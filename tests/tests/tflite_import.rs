//! Imported networks against TFLite's reference kernels, and files that are refused.
//!
//! `tests/scripts/tflite_import_golden.py` made the models with Keras and wrote the answers.

use std::path::PathBuf;

use anyhow::{Context, Result};
use engine::Model;
use engine::model::Runnable;
use host_trainer::import::{FrontEndFile, Meaning, import};
use host_trainer::tensor;
use serde::Deserialize;

const RAW: Meaning<'static> = Meaning { name: "golden", labels: &[], front_end: None };

/// Inputs with TFLite's answers.
#[derive(Deserialize)]
struct Golden {
    inputs: Vec<Vec<i8>>,
    outputs: Vec<Vec<i8>>,
}

fn path(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "golden", "import", name].iter().collect()
}

fn file(name: &str) -> Result<Vec<u8>> {
    let path = path(name).with_extension("tflite");
    std::fs::read(&path).with_context(|| path.display().to_string())
}

fn golden(name: &str) -> Result<Golden> {
    let path = path(name).with_extension("json");
    let text = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_slice(&text)?)
}

/// The same answers over whole windows, value by value to within so many steps.
fn assert_within(steps: u8, name: &str) -> Result<()> {
    let blob = import(&file(name)?, RAW)?;
    let runnable = Runnable::from_bytes(&blob)?;
    let Golden { inputs, outputs } = golden(name)?;
    assert!(!inputs.is_empty());
    for (input, expected) in inputs.iter().zip(&outputs) {
        let found = tensor::run(runnable, input)?.output;
        let differences = found.iter().zip(expected).map(|(found, &expected)| found.abs_diff(expected));
        assert_eq!(found.len(), expected.len());
        assert!(differences.max() <= Some(steps), "{name}: {found:?} for {expected:?}");
    }
    Ok(())
}

/// The same answers, bit for bit.
fn assert_parity(name: &str) -> Result<()> {
    assert_within(0, name)
}

#[test]
fn separable_convolutions_and_a_dense_layer_over_a_flattened_map() -> Result<()> {
    assert_parity("separable")
}

#[test]
fn a_shortcut_explicit_padding_and_means() -> Result<()> {
    assert_parity("residual")
}

/// The reference `FULLY_CONNECTED`, here the last layer, rounds once, in floating point.
#[test]
fn convolutions_over_time_and_a_dense_layer_at_each_step() -> Result<()> {
    assert_within(1, "over_time")
}

/// The dense layer as above.
#[test]
fn causal_convolutions_over_time() -> Result<()> {
    assert_within(1, "causal")
}

#[test]
fn an_answer_that_is_a_tensor() -> Result<()> {
    assert_parity("autoencoder")
}

#[test]
fn ends_in_floating_point() -> Result<()> {
    assert_parity("float_ends")
}

#[test]
fn rows_of_bands() -> Result<()> {
    assert_parity("bands_by_frames")
}

/// A row of the input is a moment, though the file has all of them in one row: each answer is that of the window which
/// ends there.
#[test]
fn a_network_over_time_runs_as_a_stream() -> Result<()> {
    let blob = import(&file("over_time")?, RAW)?;
    let runnable = Runnable::from_bytes(&blob)?;
    let rows: Vec<i8> = golden("over_time")?.inputs.concat();
    let answers = tensor::stream(runnable, &rows)?;
    // The second convolution makes every other row, and leaves out the last of a window's 20.
    let expected: Vec<usize> = (18..100).step_by(2).collect();
    assert_eq!(answers.iter().map(|answer| answer.row).collect::<Vec<_>>(), expected);
    for answer in &answers {
        let window = rows.get(4 * (answer.row - 18)..4 * (answer.row + 2)).context("rows are missing")?;
        assert_eq!(answer.output, tensor::run(runnable, window)?.output, "row {}", answer.row);
    }
    Ok(())
}

/// Bands by frames in the file, a frame a row in the blob: the engine hears, and the answers are those of TFLite on the
/// same features.
#[test]
fn a_front_end_before_bands_by_frames() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let preset = folder.path().join("front_end.json");
    std::fs::write(
        &preset,
        r#"{"front_end": {"sample_rate": 16000, "fft_length": 512, "hop_length": 256, "mel_bands": 8,
            "window_samples": 2816, "reference": "window_maximum"}, "scaling": {"mean": -40, "deviation": 20}}"#,
    )?;
    let front_end = FrontEndFile::load(&preset)?;
    let labels = ["low", "middle", "high"].map(str::to_owned);
    let blob = import(
        &file("bands_by_frames")?,
        Meaning { name: "heard", labels: &labels, front_end: Some(&front_end) },
    )?;
    let model = Model::from_bytes(&blob)?;
    assert_eq!(model.frames(), 12);
    let input = model.network().tensor(0).context("no input")?;
    assert_eq!((input.height, input.width), (12, 8));
    let Golden { inputs, outputs } = golden("bands_by_frames")?;
    for (bands, expected) in inputs.iter().zip(&outputs) {
        let frames: Vec<i8> = (0..96).map(|index| bands[index % 8 * 12 + index / 8]).collect();
        assert_eq!(tensor::run(*model.runnable(), &frames)?.output, *expected);
    }
    Ok(())
}

/// The first words of what is said of a file that cannot be imported.
fn complaint(name: &str) -> Result<String> {
    let error = import(&file(name)?, RAW).err().with_context(|| format!("{name} was imported"))?;
    let message = format!("{error:#}");
    assert_eq!(message.lines().count(), 1, "{message}");
    Ok(message)
}

#[test]
fn what_is_not_supported_is_named_with_its_layer_and_what_to_do() -> Result<()> {
    for (name, layer, advice) in [
        ("refused_dilated", "layer 0 (CONV_2D", "dilation of 1"),
        ("refused_sigmoid", "layer 1 (LOGISTIC", "softmax"),
        ("refused_joined", "layer 2 (CONCATENATION", "add branches up"),
        ("refused_float", "", "quantise all of the model to int8"),
        ("refused_dynamic_range", "", "quantise all of the model to int8"),
    ] {
        let complaint = complaint(name)?;
        assert!(complaint.starts_with(layer) && complaint.contains(advice), "{name}: {complaint}");
    }
    Ok(())
}

#[test]
fn labels_fit_the_outputs() -> Result<()> {
    let labels = ["a", "b"].map(str::to_owned);
    let meaning = Meaning { labels: &labels, ..RAW };
    let error = import(&file("separable")?, meaning).err().context("two labels for five outputs")?;
    assert_eq!(error.to_string(), "2 labels for 5 outputs");
    Ok(())
}

#[test]
fn every_cut_is_refused() -> Result<()> {
    let whole = file("autoencoder")?;
    for length in 0..whole.len() {
        // What is behind the last byte that is read may go.
        if let Ok(blob) = import(&whole[..length], RAW) {
            assert_eq!(blob, import(&whole, RAW)?, "{length} bytes");
        }
    }
    Ok(())
}
