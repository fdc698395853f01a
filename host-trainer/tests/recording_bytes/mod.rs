//! Recordings byte by byte, and what becomes of them.

use std::fs;

use host_trainer::audio::load;
use tempfile::TempDir;

/// What a file of such contents is read as, at 22050 Hz.
pub fn read(contents: &[u8]) -> anyhow::Result<Vec<i16>> {
    let folder = TempDir::new()?;
    let path = folder.path().join("recording.wav");
    fs::write(&path, contents)?;
    load(&path, 22_050)
}

/// The one line that says why a recording is refused.
pub fn complaint(result: anyhow::Result<Vec<i16>>) -> String {
    let message = format!("{:#}", result.unwrap_err());
    assert!(message.contains("recording.wav") && message.lines().count() == 1, "{message}");
    message
}

/// 441 Hz with a peak of 12000, a quarter of a second.
pub fn triangle() -> Vec<i16> {
    (0..5513).map(|n| n % 50).map(|n| n.min(50 - n) * 960 - 12_000).collect()
}

/// A RIFF chunk that states a length; one that is odd has a byte behind it.
pub fn stating(name: &[u8], length: u32, body: &[u8]) -> Vec<u8> {
    [name, &length.to_le_bytes(), body, &[0][..body.len() % 2]].concat()
}

/// A RIFF chunk.
pub fn chunk(name: &[u8], body: &[u8]) -> Vec<u8> {
    stating(name, body.len() as u32, body)
}
