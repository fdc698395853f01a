//! ShEMO's file names: speaker, whose first letter is the sex, emotion's initial and number, like `F01A01`.
//!
//! O. Mohamad Nezami, P. Jamshid Lou and M. Karami, "ShEMO: a large-scale validated database for Persian speech emotion
//! detection", Language Resources and Evaluation 53, 2019.

use super::reader::{Name, NameReader, Said, is_number, listed, sex};

pub(super) const READER: NameReader =
    NameReader { id: "shemo", name: "ShEMO", people: "shemo", example: "F01A01.wav", read };

const EMOTIONS: [(&str, &str); 6] =
    [("A", "angry"), ("F", "fearful"), ("H", "happy"), ("N", "neutral"), ("S", "sad"), ("W", "surprised")];

fn read(name: &Name<'_>) -> Option<Said> {
    let (speaker, rest) = name.stem.split_at_checked(3)?;
    let (emotion, number) = rest.split_at_checked(1)?;
    let (letter, of_sex) = speaker.split_at_checked(1)?;
    let sex = sex(letter)?;
    let label = listed(&EMOTIONS, emotion)?;
    (is_number(of_sex, 2) && is_number(number, 2)).then(|| Said {
        speaker: speaker.to_owned(),
        label,
        sex: Some(sex),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;
    use crate::corpus::sex::Sex;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("female/F01A01.wav", "F01", "angry", Some(Sex::Female)),
            ("male/M12N78.wav", "M12", "neutral", Some(Sex::Male)),
            ("F05W03.wav", "F05", "surprised", Some(Sex::Female)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in ["X01A01.wav", "F01B01.wav", "F1A01.wav", "F01A1.wav", "F01A001.wav"] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
