use engine::model::Runnable;
use host_trainer::complaint;
use host_trainer::import::{self, Meaning};

/// A `.tflite` file becomes a blob that the engine takes, or is refused in one line.
///
/// # Panics
/// If the engine refuses the blob, or the refusal is more than a line.
pub fn import(bytes: &[u8]) {
    let meaning = Meaning { name: "fuzz", labels: &[], front_end: None };
    match import::import(bytes, meaning) {
        Ok(blob) => assert!(Runnable::from_bytes(&blob).is_ok()),
        Err(error) => assert_eq!(complaint(&error).lines().count(), 1),
    }
}
