//! What the tests of the long commands have in common.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use host_trainer::synth::write_corpus;
use tempfile::TempDir;

/// A folder with a small corpus and a cache of its own.
pub struct Bench {
    folder: TempDir,
}

impl Bench {
    pub fn with_clips(clips: usize) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        write_corpus(&bench.path("corpus"), clips, 3).unwrap();
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_host-trainer"));
        command.env("HOST_TRAINER_CACHE", self.path("cache")).arg(name).stdin(Stdio::null());
        command
    }
}

/// What a run wrote to standard error.
pub fn messages(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The one line with which a run failed.
pub fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", messages(output));
    messages(output).lines().last().unwrap_or_default().to_owned()
}
