use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::json_text;

/// Other names for the labels of recordings; a label without one stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelMap(BTreeMap<String, Option<String>>);

impl LabelMap {
    /// Reads a JSON object like `{"Boredom": "neutral", "noise": null}`; null leaves recordings out.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use the labels in {}", path.display());
        Self::parse(std::fs::read(path).with_context(failed)?).with_context(failed)
    }

    pub(super) fn parse(json: impl AsRef<[u8]>) -> anyhow::Result<Self> {
        json_text::parse(json).context("expected {\"label\": \"new label\", \"unwanted label\": null}")
    }

    /// The labels that it names and that are none of these.
    pub(super) fn unmatched(&self, labels: &BTreeSet<String>) -> Vec<&str> {
        self.0.keys().filter(|&label| !labels.contains(label)).map(String::as_str).collect()
    }

    /// What a label becomes; nothing if its recordings are left out.
    #[must_use]
    pub fn apply(&self, label: String) -> Option<String> {
        self.0.get(&label).cloned().unwrap_or(Some(label))
    }
}

impl<'de> Deserialize<'de> for LabelMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

/// Reads the entries one by one: of two names for one label the first would be lost without a word.
struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = LabelMap;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<LabelMap, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((label, name)) = entries.next_entry::<String, Option<String>>()? {
            if map.contains_key(&label) {
                return Err(A::Error::custom(format_args!("\"{label}\" comes twice")));
            }
            map.insert(label, name);
        }
        Ok(LabelMap(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_renamed_kept_or_left_out() {
        let map = LabelMap::parse(r#"{"Boredom": "neutral", "noise": null}"#).unwrap();
        let found = ["Boredom", "noise", "sad"].map(|label| map.apply(label.to_owned()));
        assert_eq!(found, [Some("neutral".to_owned()), None, Some("sad".to_owned())]);
    }

    #[test]
    fn two_names_for_one_label_are_refused() {
        let error = LabelMap::parse(r#"{"a": "b", "c": null, "a": "d"}"#).unwrap_err();
        assert!(format!("{error:#}").contains("\"a\" comes twice"), "{error:#}");
    }

    #[test]
    fn what_is_no_such_object_is_explained() {
        for text in ["", "[]", r#"{"a": 1}"#] {
            assert!(LabelMap::parse(text).unwrap_err().to_string().contains("unwanted label"), "{text}");
        }
    }
}
