//! What can't be used ends in one clear message and a failing exit code, on the device as on the host.

use std::fs;

use anyhow::Result;
use hound::{SampleFormat, WavSpec, WavWriter};
use sim::{Board, Classifier, Firmware, FirmwareFailed, Program};

use crate::models;

const BOARD: Board = Board::Stm32f405;
const MONO: WavSpec =
    WavSpec { channels: 1, sample_rate: 22_050, bits_per_sample: 16, sample_format: SampleFormat::Int };

/// A second of silence.
fn wav(spec: WavSpec) -> Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec)?;
    for _ in 0..spec.sample_rate * u32::from(spec.channels) {
        writer.write_sample(0_i16)?;
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

/// Lets the firmware hear bytes that no host has checked.
fn hear(firmware: &Firmware, bytes: &[u8]) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("recording.wav");
    fs::write(&path, bytes)?;
    firmware.run(Some(&path))
}

fn assert_refused(result: Result<String>, message: &str) {
    let error = result.expect_err(message);
    let failed = error.downcast_ref::<FirmwareFailed>().expect("the firmware failed, not its runner");
    assert_eq!((failed.code, failed.errors.as_slice()), (1, [message.to_owned()].as_slice()));
}

#[test]
fn the_device_refuses_a_bad_recording() -> Result<()> {
    let blob = models::file(&models::every_operator()?)?;
    let firmware = Firmware::build(BOARD, Program::Classify, blob.path())?;
    let whole = wav(MONO)?;
    assert!(hear(&firmware, &whole)?.contains("scores"));

    assert_refused(hear(&firmware, &whole[..40_000]), "the WAV file is cut short");
    assert_refused(hear(&firmware, &[]), "the WAV file is cut short");
    assert_refused(hear(&firmware, b"# Not audio, but long enough"), "this is not a WAV file");
    assert_refused(
        hear(&firmware, &wav(WavSpec { sample_rate: 8000, ..MONO })?),
        "the recording has 8000 Hz, the model hears 22050 Hz",
    );
    assert_refused(
        hear(&firmware, &wav(WavSpec { channels: 2, ..MONO })?),
        "the WAV file has format 1, 2 channels of 16 bits; it must have format 1 (PCM), 1 channel of 16 bits",
    );
    assert_refused(firmware.run(None), "cannot use a file of the host: OS error 2");
    Ok(())
}

#[test]
fn the_device_refuses_a_broken_model() -> Result<()> {
    let mut blob = models::every_operator()?;
    let middle = blob.len() / 2;
    blob[middle] ^= 4;
    let blob = models::file(&blob)?;
    let firmware = Firmware::build(BOARD, Program::Classify, blob.path())?;
    assert_refused(
        hear(&firmware, &wav(MONO)?),
        "the model's checksum does not match its contents; copy it again",
    );
    Ok(())
}

#[test]
fn a_model_that_exceeds_the_board_is_named() -> Result<()> {
    let blob = models::file(&models::large()?)?;
    let error = Classifier::build(BOARD, blob.path()).err().expect("it needs more than 128 KiB of RAM");
    let name = blob.path().display();
    assert_eq!(error.to_string(), format!("classify with the model {name} does not fit the board's memory"));
    Ok(())
}
