use std::io;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tempfile::TempDir;
use wait_timeout::ChildExt;

use crate::{Board, Firmware, log};

/// What the firmware hears, in the folder in which it runs.
pub(crate) const RECORDING: &str = "recording.wav";

const QEMU: &str = "qemu-system-arm";

/// Far more than any program needs: a firmware that runs longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(1800);

impl Firmware {
    /// Runs the firmware over the recording at `wav`, if it wants one, and returns the JSON that it left.
    ///
    /// # Errors
    /// [`FirmwareFailed`] with what the firmware logged, or what kept QEMU from running.
    pub fn run(&self, wav: Option<&Path>) -> anyhow::Result<String> {
        let folder = folder()?;
        if let Some(wav) = wav {
            let copied = std::fs::copy(wav, folder.path().join(RECORDING));
            copied.with_context(|| format!("cannot read {}", wav.display()))?;
        }
        self.run_in(&folder)
    }

    /// The same over what lies in a folder.
    pub(crate) fn run_in(&self, folder: &TempDir) -> anyhow::Result<String> {
        let mut qemu = start(self.board, &self.elf_path(), folder.path())?;
        let logs = qemu.stdout.take().context("QEMU has no output")?;
        let (status, errors) = std::thread::scope(|scope| {
            let errors = scope.spawn(|| log::decode(&self.elf, logs));
            let status = wait(&mut qemu);
            (status, errors.join())
        });
        let errors = errors.map_err(|_| anyhow!("cannot decode the firmware's logs"))??;
        let status = status?;
        if !status.success() {
            return Err(FirmwareFailed { code: status.code().unwrap_or(1), errors }.into());
        }
        std::fs::read_to_string(folder.path().join("result.json")).context("the firmware left no result")
    }
}

/// A folder to run in.
pub(crate) fn folder() -> anyhow::Result<TempDir> {
    tempfile::tempdir().context("cannot make a temporary folder")
}

/// Says what to install where QEMU is missing, before anything takes long.
pub(crate) fn ensure_installed() -> anyhow::Result<()> {
    match Command::new(QEMU).arg("--version").output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("{QEMU} is not installed: install QEMU for Arm (Debian: `apt install qemu-system-arm`)")
        }
        result => result.map(|_| ()).with_context(|| format!("cannot run {QEMU}")),
    }
}

fn start(board: Board, elf: &Path, folder: &Path) -> anyhow::Result<Child> {
    let mut qemu = Command::new(QEMU);
    // A core that sleeps wakes at once, at the time that it sleeps for: nobody waits, and every run is the same.
    qemu.args(["-machine", board.machine(), "-icount", "shift=0,sleep=off"]);
    for property in board.properties() {
        qemu.args(["-global", property]);
    }
    qemu.args(["-display", "none", "-monitor", "none", "-serial", "none"]);
    qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(elf);
    qemu.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped());
    qemu.spawn().with_context(|| format!("cannot run {QEMU}"))
}

fn wait(qemu: &mut Child) -> anyhow::Result<ExitStatus> {
    if let Some(status) = qemu.wait_timeout(TIME_LIMIT).context("cannot wait for QEMU")? {
        return Ok(status);
    }
    qemu.kill().context("cannot stop QEMU")?;
    qemu.wait().context("cannot wait for QEMU")?;
    bail!("the firmware did not end within {} s", TIME_LIMIT.as_secs())
}

/// A firmware that ended with an exit code other than 0.
#[derive(Debug)]
pub struct FirmwareFailed {
    /// The exit code.
    pub code: i32,
    /// What it logged as errors.
    pub errors: Vec<String>,
}

impl std::fmt::Display for FirmwareFailed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.errors.as_slice() {
            [] => write!(f, "the firmware failed with exit code {}", self.code),
            errors => f.write_str(&errors.join("; ")),
        }
    }
}

impl std::error::Error for FirmwareFailed {}
