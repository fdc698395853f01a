//! Results, on standard output.

use std::io::Write;

use anyhow::Context;
use serde::Serialize;

/// Prints a line on standard output.
///
/// # Errors
/// Standard output can't be written: `println!` would panic then.
pub fn line(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    let written = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
    written.context("cannot write to standard output")
}

/// Prints a value as one line of JSON.
///
/// # Errors
/// Those of [`line()`].
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?)
}
