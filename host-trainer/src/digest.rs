//! What tells values from others.

use anyhow::Context;
use serde::Serialize;

/// The BLAKE3 of a value's JSON, which says the same in each version of this program that has the same fields.
///
/// # Errors
/// The value can't be written as JSON.
pub(crate) fn digest(value: &impl Serialize) -> anyhow::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    serde_json::to_writer(&mut hasher, value).context("cannot write a value as JSON")?;
    Ok(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset::Preset;

    #[test]
    fn it_is_of_the_json() {
        assert_eq!(digest(&("a", [1.5f32])).unwrap(), blake3::hash(br#"["a",[1.5]]"#));
    }

    /// What is written to a file and read again is the same.
    #[test]
    fn a_preset_has_one_digest_and_another_preset_another() {
        let [small, tiny] = ["small", "tiny"].map(|name| Preset::load(name.as_ref()).unwrap());
        let read: Preset = serde_json::from_slice(&serde_json::to_vec(&small).unwrap()).unwrap();
        assert_eq!(digest(&small).unwrap(), digest(&read).unwrap());
        assert_ne!(digest(&small).unwrap(), digest(&tiny).unwrap());
    }
}
