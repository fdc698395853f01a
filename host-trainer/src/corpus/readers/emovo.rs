//! EMOVO's file names: emotion in Italian, speaker and sentence, like `dis-f1-b1`.
//!
//! G. Costantini et al., "EMOVO Corpus: an Italian Emotional Speech Database", LREC 2014.

use super::reader::{Name, NameReader, Said, is_number, listed};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader =
    NameReader { id: "emovo", name: "EMOVO", people: "emovo", example: "dis-f1-b1.wav", read };

const EMOTIONS: [(&str, &str); 7] = [
    ("dis", "disgust"),
    ("gio", "happy"),
    ("neu", "neutral"),
    ("pau", "fearful"),
    ("rab", "angry"),
    ("sor", "surprised"),
    ("tri", "sad"),
];
const SPEAKERS: [(&str, Sex); 6] = [
    ("f1", Sex::Female),
    ("f2", Sex::Female),
    ("f3", Sex::Female),
    ("m1", Sex::Male),
    ("m2", Sex::Male),
    ("m3", Sex::Male),
];

fn read(name: &Name<'_>) -> Option<Said> {
    let [emotion, speaker, sentence] = name.fields('-')?;
    let sex = listed(&SPEAKERS, speaker)?;
    let is_sentence = sentence.strip_prefix(['b', 'd', 'l', 'n']).is_some_and(|number| is_number(number, 1));
    let label = listed(&EMOTIONS, emotion)?;
    is_sentence.then(|| Said { speaker: speaker.to_owned(), label, sex: Some(sex) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("f1/dis-f1-b1.wav", "f1", "disgust", Some(Sex::Female)),
            ("gio-f2-l2.wav", "f2", "happy", Some(Sex::Female)),
            ("neu-m3-n5.wav", "m3", "neutral", Some(Sex::Male)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in ["ang-f1-b1.wav", "dis-f4-b1.wav", "dis-f1-x1.wav", "dis-f1.wav", "dis_f1_b1.wav"] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
