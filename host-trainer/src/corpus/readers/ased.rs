//! ASED's file names: emotion's initial and number, sentence, repetition, sex (01 women, 02 men) and speaker, like
//! `n1-07-02-01-01`. One name is published with a capital initial.
//!
//! E. A. Retta et al., "A New Amharic Speech Emotion Dataset and Classification Benchmark", ACM TALLIP 22(1), 2023.

use super::reader::{Name, NameReader, Said, is_number, listed};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader =
    NameReader { id: "ased", name: "ASED", people: "ased", example: "n1-07-02-01-01.wav", read };

const EMOTIONS: [(&str, &str); 5] =
    [("n1", "neutral"), ("f2", "fearful"), ("h3", "happy"), ("s4", "sad"), ("a5", "angry")];

fn read(name: &Name<'_>) -> Option<Said> {
    let [emotion, sentence, repetition, sex, speaker] = name.fields('-')?;
    if ![sentence, repetition, speaker].iter().all(|field| is_number(field, 2)) {
        return None;
    }
    let label = listed(&EMOTIONS, &emotion.to_ascii_lowercase())?;
    let sex = match sex {
        "01" => Sex::Female,
        "02" => Sex::Male,
        _ => return None,
    };
    Some(Said { speaker: speaker.to_owned(), label, sex: Some(sex) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("01Neutral/n1-07-02-01-01.wav", "01", "neutral", Some(Sex::Female)),
            ("05Angry/a5-02-01-01-33.wav", "33", "angry", Some(Sex::Female)),
            ("f2-05-01-02-26.wav", "26", "fearful", Some(Sex::Male)),
            ("S4-04-02-01-21.wav", "21", "sad", Some(Sex::Female)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in ["n2-07-02-01-01.wav", "n1-07-02-03-01.wav", "n1-7-02-01-01.wav", "n1-07-02-01.wav"] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
