//! Whether folders that are taken for labels look like people.

use std::collections::BTreeSet;
use std::path::Path;

use engine::Emotion;

use super::summary::first_of;

/// What people are called who have numbers.
const PEOPLE: [&str; 8] =
    ["actor", "caller", "participant", "patient", "person", "speaker", "spk", "subject"];
/// Emotions by names that are not the standard ones.
const EMOTIONS: [&str; 8] =
    ["anger", "happiness", "joy", "sadness", "fear", "surprise", "boredom", "emotionless"];

/// The names of the folders that are taken for labels, and of those within them that are taken for speakers.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) labels: BTreeSet<String>,
    pub(super) speakers: BTreeSet<String>,
}

impl Layout {
    /// Says so where speakers seem to be outside and labels within.
    pub(super) fn warning(&self, folder: &Path) -> Option<String> {
        let Self { labels, speakers } = self;
        let is_turned =
            speakers.iter().any(|name| is_emotion(name)) && !labels.iter().any(|name| is_emotion(name));
        let are_numbered = labels.iter().all(|name| is_numbered(name))
            && (labels.iter().all(|name| is_person(name))
                || labels.len() > speakers.len()
                    && !speakers.is_empty()
                    && !speakers.iter().any(|name| is_numbered(name)));
        if labels.len() < 2 || !(is_turned || are_numbered) {
            return None;
        }
        let example = Path::new(speakers.first().map_or("LABEL", String::as_str)).join(labels.first()?);
        Some(format!(
            "the folders {} in {} are taken for labels, and look like speakers: put those of labels outside and \
             speakers within, as in {}, or list the recordings in a CSV file of path,label,speaker",
            first_of(3, labels.iter()),
            folder.display(),
            folder.join(example).join("1.wav").display()
        ))
    }
}

fn is_emotion(name: &str) -> bool {
    let name = name.to_lowercase();
    Emotion::from_label(&name).is_some() || EMOTIONS.contains(&&*name)
}

fn is_numbered(name: &str) -> bool {
    name.ends_with(|last: char| last.is_ascii_digit())
}

fn is_person(name: &str) -> bool {
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit() || "_- ".contains(c)).to_lowercase();
    PEOPLE.contains(&&*word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(labels: &[&str], speakers: &[&str]) -> Option<String> {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Layout { labels: names(labels), speakers: names(speakers) }.warning("calls".as_ref())
    }

    #[test]
    fn speakers_outside_are_told() {
        let turned = warning(&["anna", "bo", "cem", "dina"], &["Anger", "stressed"]).unwrap();
        assert!(
            turned.starts_with("the folders anna, bo, cem, ... in calls are taken for labels"),
            "{turned}"
        );
        assert!(turned.contains("as in calls/Anger/anna/1.wav"), "{turned}");
        assert!(warning(&["s01", "s02", "s03"], &["rested", "stressed"]).is_some());
        let flat = warning(&["Actor_01", "Actor_02"], &[]).unwrap();
        assert!(flat.contains("as in calls/LABEL/Actor_01/1.wav"), "{flat}");
    }

    #[test]
    fn labels_outside_are_as_they_should_be() {
        for (labels, speakers) in [
            (&["calm", "stressed"][..], &["anna", "bo"][..]),
            (&["calm", "stressed"], &[]),
            (&["happy", "sad", "angry"], &["s01", "s02"]),
            (&["happy", "sad", "angry"], &["neutral-voice"]),
            (&["0", "1"], &[]),
            (&["0", "1"], &["anna", "bo", "cem"]),
            (&["stage1", "stage2", "stage3"], &["s01", "s02"]),
            (&["anna"], &["calm", "sad"]),
        ] {
            assert_eq!(warning(labels, speakers), None);
        }
    }
}
