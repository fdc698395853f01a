//! nEMO's file names: speaker, emotion and sentence, like `SM0_anger_18`.
//!
//! I. Christop, "nEMO: Dataset of Emotional Speech in Polish", LREC-COLING 2024.

use super::reader::{Name, NameReader, Said, is_number, listed};

pub(super) const READER: NameReader =
    NameReader { id: "nemo", name: "nEMO", people: "nemo", example: "SM0_anger_18.wav", read };

const EMOTIONS: [(&str, &str); 6] = [
    ("anger", "angry"),
    ("fear", "fearful"),
    ("happiness", "happy"),
    ("neutral", "neutral"),
    ("sadness", "sad"),
    ("surprised", "surprised"),
];

fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, emotion, sentence] = name.fields('_')?;
    let is_speaker =
        speaker.len() == 3 && speaker.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_sentence = (1..=4).any(|digits| is_number(sentence, digits));
    let label = listed(&EMOTIONS, emotion)?;
    (is_speaker && is_sentence).then(|| Said { speaker: speaker.to_owned(), label, sex: None })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("EB0_anger_18.flac", "EB0", "angry", None),
            ("TP0_surprised_3.wav", "TP0", "surprised", None),
            ("ABC_anger_0001.wav", "ABC", "angry", None),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "EB0_angry_18.wav",
            "EB_anger_18.wav",
            "EB0_anger.wav",
            "eb0_anger_18.wav",
            "EB0_anger_x.wav",
            "EB0_anger_12345.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
