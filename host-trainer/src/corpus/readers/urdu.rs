//! URDU's file names: speaker, file and emotion with a number, like `SM1_F1_A01`; the second letter is the speaker's
//! sex.
//!
//! S. Latif et al., "Cross Lingual Speech Emotion Recognition: Urdu vs. Western Languages", FIT 2018.

use super::reader::{Name, NameReader, Said, is_number, listed, sex};

pub(super) const READER: NameReader =
    NameReader { id: "urdu", name: "URDU", people: "urdu", example: "SM1_F1_A01.wav", read };

const EMOTIONS: [(&str, &str); 4] = [("A", "angry"), ("H", "happy"), ("N", "neutral"), ("S", "sad")];

fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, file, number] = name.fields('_')?;
    let (letter, of_sex) = speaker.strip_prefix('S')?.split_at_checked(1)?;
    let (emotion, number) = number.split_at_checked(1)?;
    let sex = sex(letter)?;
    let label = listed(&EMOTIONS, emotion)?;
    let numbers = [of_sex, file.strip_prefix('F')?, number];
    let well_formed = numbers.iter().all(|text| (1..=3).any(|digits| is_number(text, digits)));
    well_formed.then(|| Said { speaker: speaker.to_owned(), label, sex: Some(sex) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;
    use crate::corpus::sex::Sex;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("Happy/SM7_F7_H079.wav", "SM7", "happy", Some(Sex::Male)),
            ("SF4_F4_H020.wav", "SF4", "happy", Some(Sex::Female)),
            ("SM1_F1_A01.wav", "SM1", "angry", Some(Sex::Male)),
            ("SM24_F15_S027.wav", "SM24", "sad", Some(Sex::Male)),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "SM1_F1_X01.wav",
            "SX1_F1_A01.wav",
            "SM1_G1_A01.wav",
            "SM1_F1_A.wav",
            "SM_F1_A01.wav",
            "SM1_F1.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
