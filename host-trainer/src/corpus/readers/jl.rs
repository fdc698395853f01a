//! JL-Corpus's file names: speaker, emotion, sentence and session, like `female1_angry_10a_1`. The secondary emotions
//! keep their names.
//!
//! J. James, L. Tian and C. Watson, "An Open Source Emotional Speech Corpus for Human Robot Interaction Applications",
//! Interspeech 2018.

use super::reader::{Name, NameReader, Said, is_number, listed};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader = NameReader {
    id: "jl-corpus",
    name: "JL-Corpus",
    people: "jl-corpus",
    example: "female1_angry_10a_1.wav",
    read,
};

const EMOTIONS: [(&str, &str); 10] = [
    ("angry", "angry"),
    ("sad", "sad"),
    ("neutral", "neutral"),
    ("happy", "happy"),
    ("excited", "excited"),
    ("anxious", "anxious"),
    ("apologetic", "apologetic"),
    ("assertive", "assertive"),
    ("concerned", "concerned"),
    ("encouraging", "encouraging"),
];
const SPEAKERS: [(&str, Sex); 4] =
    [("female1", Sex::Female), ("female2", Sex::Female), ("male1", Sex::Male), ("male2", Sex::Male)];

fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, emotion, sentence, session] = name.fields('_')?;
    let sex = listed(&SPEAKERS, speaker)?;
    let number = sentence.strip_suffix(['a', 'b'])?;
    let well_formed = (is_number(number, 1) || is_number(number, 2)) && ["1", "2"].contains(&session);
    let label = listed(&EMOTIONS, emotion)?;
    well_formed.then(|| Said { speaker: speaker.to_owned(), label, sex: Some(sex) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("female1_angry_10a_1.wav", "female1", "angry", Some(Sex::Female)),
            ("male2_excited_6b_2.wav", "male2", "excited", Some(Sex::Male)),
            ("male1_concerned_6b_1.wav", "male1", "concerned", Some(Sex::Male)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "male3_angry_10a_1.wav",
            "male1_fear_10a_1.wav",
            "male1_angry_10c_1.wav",
            "male1_angry_10a_3.wav",
            "male1_angry_10a.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
