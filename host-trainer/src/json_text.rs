//! JSON that people write, or that a run left in a folder.

use anyhow::{Context, anyhow, ensure};
use serde::de::DeserializeOwned;

/// The value in a file's bytes.
///
/// # Errors
/// Says what is wrong: no text, nothing, the end missing, or the field that is unknown or of another kind; whoever
/// calls names the file.
pub(crate) fn parse<T: DeserializeOwned>(bytes: impl AsRef<[u8]>) -> anyhow::Result<T> {
    let text = std::str::from_utf8(bytes.as_ref()).ok().context("it is not text in UTF-8")?;
    // Some editors begin a file with a byte-order mark.
    let text = text.trim_start_matches('\u{feff}');
    ensure!(!text.trim().is_empty(), "it is empty");
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| if error.inner().is_eof() { anyhow!("its end is missing") } else { error.into() })?;
    deserializer.end()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn values_are_read_with_and_without_a_byte_order_mark() {
        let expected = BTreeMap::from([("epochs".to_owned(), 3)]);
        for text in [r#"{"epochs": 3}"#, "\u{feff}{\"epochs\": 3}\n"] {
            assert_eq!(parse::<BTreeMap<String, u32>>(text).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (bytes, expected) in [
            (&b"\xff\xfe{"[..], "it is not text in UTF-8"),
            (b" \n", "it is empty"),
            (br#"{"epochs": 3"#, "its end is missing"),
            (br#"{"epochs": "3"}"#, "epochs: invalid type: string"),
            (br#"{"epochs": 3} {}"#, "trailing characters at line 1"),
        ] {
            let message = format!("{:#}", parse::<BTreeMap<String, u32>>(bytes).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
    }
}
