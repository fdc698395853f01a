//! Chromium, driven over the page by `tests/browser/drive.mjs`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use host_trainer::SHIPPED_MODEL;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tempfile::TempDir;

use crate::sound::floats;

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/drive.mjs");
const CHROMIUM: &str = "/usr/bin/chromium";

/// The page is built once.
static PAGE: LazyLock<std::result::Result<String, String>> =
    LazyLock::new(|| page::build(SHIPPED_MODEL).map_err(|error| format!("{error:#}")));

/// What is to be done on the page, in this order.
#[derive(Debug, Default, Serialize)]
pub struct Wanted {
    /// Files to drop.
    pub files: Vec<PathBuf>,
    /// A WAV file that the microphone hears, and seconds of it.
    pub microphone: Option<PathBuf>,
    pub seconds: f64,
    /// The microphone is not allowed.
    pub denied: bool,
    /// The second file is dropped while the first is heard, after which nothing is seen.
    pub interrupted: bool,
    /// A folder for pictures.
    pub pictures: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Deserialize)]
pub struct Outcome {
    pub seen: Vec<Seen>,
    /// Microphones that are left open.
    pub microphones: Vec<String>,
    /// Addresses that the page asked for.
    pub requests: Vec<String>,
    /// Errors of scripts, and breaches of the page's own policy.
    pub errors: Vec<String>,
}

/// What the page shows, and what it saves.
#[derive(Debug, Deserialize)]
pub struct Seen {
    pub error: String,
    pub verdict: String,
    /// What a screen reader was told last.
    pub said: String,
    pub labels: Vec<String>,
    pub rows: Vec<String>,
    pub saved: Vec<Value>,
    /// What answering to a recording took.
    pub milliseconds: f64,
}

/// The page.
pub fn page() -> Result<&'static str> {
    PAGE.as_deref().map_err(|error| anyhow::anyhow!(error.clone()))
}

/// Opens the page from a file and does what is wanted; nothing where there is no browser.
pub fn drive(wanted: &Wanted) -> Result<Option<Outcome>> {
    if let Some(missing) = missing() {
        eprintln!("SKIPPED, not tested in a browser: there is no {missing}; see docs/browser.md");
        return Ok(None);
    }
    let folder = TempDir::new()?;
    let file = folder.path().join("page.html");
    fs::write(&file, page()?)?;
    let mut node = Command::new("node");
    node.arg(DRIVER).arg(&file).arg(serde_json::to_string(wanted)?).stderr(Stdio::inherit());
    let output = node.output().context("cannot run node")?;
    ensure!(output.status.success(), "the browser could not be driven");
    let printed: Value = serde_json::from_slice(&output.stdout).context("the driver's output")?;
    let outcome: Outcome = serde_json::from_value(floats(printed))?;
    ensure!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    let is_within = |address: &&String| -> bool {
        ["file:", "blob:", "data:"].iter().any(|kind| address.starts_with(kind))
    };
    let outside: Vec<_> = outcome.requests.iter().filter(|address| !is_within(address)).collect();
    ensure!(outside.is_empty() && !outcome.requests.is_empty(), "the page asked for {outside:?}");
    Ok(Some(outcome))
}

/// What a test in a browser lacks.
fn missing() -> Option<&'static str> {
    let chromium = env::var_os("CHROMIUM").map_or_else(|| CHROMIUM.into(), PathBuf::from);
    let modules = Path::new(DRIVER).with_file_name("node_modules");
    let runs = |program: &str| Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok();
    if env::var_os("BROWSER").is_some_and(|browser| browser == "none") {
        Some("browser wanted: BROWSER is none")
    } else if !chromium.exists() {
        Some("Chromium")
    } else if !runs("node") {
        Some("node")
    } else if !modules.is_dir() {
        Some("playwright-core (`npm ci` in tests/browser)")
    } else {
        None
    }
}
