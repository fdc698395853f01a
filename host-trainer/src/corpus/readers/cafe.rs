//! CaFE's file names: speaker, emotion's French initial, intensity and sentence, like `01-C-1-1`.
//!
//! P. Gournay, O. Lahaie and R. Lefebvre, "A Canadian French Emotional Speech Dataset", ACM MMSys 2018.

use super::reader::{Name, NameReader, Said, is_number, listed, odd_is_male};

pub(super) const READER: NameReader =
    NameReader { id: "cafe", name: "CaFE", people: "cafe", example: "01-C-1-1.wav", read };

const EMOTIONS: [(&str, &str); 7] = [
    ("C", "angry"),
    ("D", "disgust"),
    ("J", "happy"),
    ("N", "neutral"),
    ("P", "fearful"),
    ("S", "surprised"),
    ("T", "sad"),
];

fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, emotion, intensity, sentence] = name.fields('-')?;
    let well_formed = is_number(speaker, 2)
        && ("01"..="12").contains(&speaker)
        && ["1", "2"].contains(&intensity)
        && is_number(sentence, 1);
    let label = listed(&EMOTIONS, emotion)?;
    well_formed.then(|| Said { speaker: speaker.to_owned(), label, sex: Some(odd_is_male(speaker)) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;
    use crate::corpus::sex::Sex;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("Peur/Fort/12-P-2-5.wav", "12", "fearful", Some(Sex::Female)),
            ("Neutre/12-N-1-4.aiff", "12", "neutral", Some(Sex::Female)),
            ("01-C-1-1.wav", "01", "angry", Some(Sex::Male)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in ["13-C-1-1.wav", "01-X-1-1.wav", "01-C-3-1.wav", "01-C-1.wav", "1-C-1-1.wav"] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
