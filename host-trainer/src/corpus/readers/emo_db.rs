//! EMO-DB's file names: speaker, text, emotion's German initial and version, like `03a01Fa`.
//!
//! F. Burkhardt et al., "A Database of German Emotional Speech", Interspeech 2005.

use super::reader::{Name, NameReader, Said, is_number, is_word, listed};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader =
    NameReader { id: "emo-db", name: "EMO-DB", people: "emo-db", example: "03a01Fa.wav", read };

const EMOTIONS: [(&str, &str); 7] = [
    ("W", "angry"),
    ("L", "bored"),
    ("E", "disgust"),
    ("A", "fearful"),
    ("F", "happy"),
    ("T", "sad"),
    ("N", "neutral"),
];
const SPEAKERS: [(&str, Sex); 10] = [
    ("03", Sex::Male),
    ("08", Sex::Female),
    ("09", Sex::Female),
    ("10", Sex::Male),
    ("11", Sex::Male),
    ("12", Sex::Male),
    ("13", Sex::Female),
    ("14", Sex::Female),
    ("15", Sex::Male),
    ("16", Sex::Female),
];

fn read(name: &Name<'_>) -> Option<Said> {
    let (speaker, rest) = name.stem.split_at_checked(2)?;
    let (text, rest) = rest.split_at_checked(3)?;
    let (emotion, version) = rest.split_at_checked(1)?;
    let sex = listed(&SPEAKERS, speaker)?;
    let is_text = text.strip_prefix(['a', 'b']).is_some_and(|number| is_number(number, 2));
    let is_version = version.len() == 1 && is_word(version);
    let label = listed(&EMOTIONS, emotion)?;
    (is_text && is_version).then(|| Said { speaker: speaker.to_owned(), label, sex: Some(sex) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("wav/03a01Fa.wav", "03", "happy", Some(Sex::Male)),
            ("16b10Lb.wav", "16", "bored", Some(Sex::Female)),
            ("11b03Td.wav", "11", "sad", Some(Sex::Male)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "03a01Xa.wav",
            "04a01Fa.wav",
            "03c01Fa.wav",
            "03a1Fa.wav",
            "03a01F.wav",
            "03a01Faa.wav",
            "ä3a01Fa.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
