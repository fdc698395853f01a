//! Calls of the program, and what they came to.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The command with a cache of its own.
pub fn trainer(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("host-trainer").unwrap();
    command.env("HOST_TRAINER_CACHE", folder.path().join("cache"));
    command
}

pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub fn file(folder: &TempDir, name: &str, contents: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, contents).unwrap();
    path
}

/// Two seconds of a rising tone.
pub fn recording(folder: &TempDir, name: &str) -> PathBuf {
    tone(folder, name, 8000.0)
}

/// The same with another peak.
pub fn tone(folder: &TempDir, name: &str, peak: f64) -> PathBuf {
    let path = folder.path().join(name);
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 22_050,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..44_100 {
        let seconds = f64::from(n) / 22_050.0;
        writer.write_sample((peak * (800.0 * seconds * (1.0 + seconds)).sin()) as i16).unwrap();
    }
    writer.finalize().unwrap();
    path
}

pub fn one_json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Fails with exit code 1, nothing on standard output and one line that holds all of `parts`.
pub fn assert_refused(output: &Output, parts: &[&str]) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(output.stdout.is_empty());
    assert_eq!(message.lines().count(), 1, "{message}");
    for part in parts {
        assert!(message.contains(part), "{part} in {message}");
    }
}

pub fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}
