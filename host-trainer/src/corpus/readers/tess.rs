//! TESS's file names: speaker, word and emotion, like `OAF_back_angry`; `ps` is a pleasant surprise. One name is
//! published with `OA` in place of `OAF`.
//!
//! M. K. Pichora-Fuller and K. Dupuis, "Toronto emotional speech set (TESS)", University of Toronto, 2010.

use super::reader::{Name, NameReader, Said, is_word, listed};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader =
    NameReader { id: "tess", name: "TESS", people: "tess", example: "OAF_back_angry.wav", read };

const EMOTIONS: [(&str, &str); 7] = [
    ("angry", "angry"),
    ("disgust", "disgust"),
    ("fear", "fearful"),
    ("happy", "happy"),
    ("neutral", "neutral"),
    ("ps", "surprised"),
    ("sad", "sad"),
];

/// The older and the younger speaker are women.
fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, word, emotion] = name.fields('_')?;
    let speaker = match speaker {
        "OAF" | "OA" => "OAF",
        "YAF" => "YAF",
        _ => return None,
    };
    let label = listed(&EMOTIONS, emotion)?;
    is_word(word).then(|| Said { speaker: speaker.to_owned(), label, sex: Some(Sex::Female) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("OAF_back_angry.wav", "OAF", "angry", Some(Sex::Female)),
            ("YAF_youth_ps.wav", "YAF", "surprised", Some(Sex::Female)),
            ("OA_bite_neutral.wav", "OAF", "neutral", Some(Sex::Female)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "OAF_back_bored.wav",
            "OAF_angry.wav",
            "MAF_back_angry.wav",
            "OAF__angry.wav",
            "OAF_back_angry_2.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
