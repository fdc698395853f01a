//! ESD's file names: speaker and number, like `0011_000351`. The first 350 numbers of each speaker are neutral, then
//! follow as many each that are angry, happy, sad and surprised, as the folders say too.
//!
//! K. Zhou et al., "Emotional Voice Conversion: Theory, Databases and ESD", Speech Communication 137, 2022.

use super::reader::{Name, NameReader, Said, is_number};

pub(super) const READER: NameReader =
    NameReader { id: "esd", name: "ESD", people: "esd", example: "0011_000351.wav", read };

/// In the order of the numbers.
const EMOTIONS: [&str; 5] = ["neutral", "angry", "happy", "sad", "surprised"];
/// Recordings of each speaker and emotion.
const OF_EACH: usize = 350;

fn read(name: &Name<'_>) -> Option<Said> {
    let (speaker, number) = name.stem.split_once('_')?;
    if !is_number(speaker, 4) || !("0001"..="0020").contains(&speaker) || !is_number(number, 6) {
        return None;
    }
    let number: usize = number.parse().ok()?;
    let &label = EMOTIONS.get(number.checked_sub(1)? / OF_EACH)?;
    Some(Said { speaker: speaker.to_owned(), label, sex: None })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("0001/Angry/0001_000351.wav", "0001", "angry", None),
            ("0016/Neutral/0016_000051.wav", "0016", "neutral", None),
            ("0011/Happy/0011_000851.wav", "0011", "happy", None),
            ("0008/Sad/0008_001251.wav", "0008", "sad", None),
            ("0013/Surprise/0013_001501.wav", "0013", "surprised", None),
            ("0020_001750.wav", "0020", "surprised", None),
            ("0020_000350.wav", "0020", "neutral", None),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in [
            "0021_000351.wav",
            "0000_000351.wav",
            "0001_000000.wav",
            "0001_001751.wav",
            "0001_351.wav",
            "0001-000351.wav",
        ] {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
