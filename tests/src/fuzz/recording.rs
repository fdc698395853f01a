use host_trainer::{audio, complaint};

/// A file is a recording to the trainer, or is refused in one line.
///
/// # Panics
/// If a recording without samples is let through, or the refusal is more than a line.
pub fn recording(bytes: &[u8]) {
    match audio::decode(bytes.to_vec(), audio::SAMPLE_RATE) {
        Ok(samples) => assert!(!samples.is_empty()),
        Err(error) => assert_eq!(complaint(&error).lines().count(), 1),
    }
}
