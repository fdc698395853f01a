use engine::{LoadError, Model};

/// Bytes are a model or are refused for what they are.
///
/// # Panics
/// If a blob is accepted that is not one whole envelope.
pub fn blob(bytes: &[u8]) {
    match Model::from_bytes(bytes) {
        Ok(_) => assert!(bytes.starts_with(b"EMO8")),
        Err(LoadError::Truncated) => {}
        Err(error) => assert!(bytes.len() >= 32, "{error} in {} bytes", bytes.len()),
    }
}
