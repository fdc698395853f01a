//! SAVEE's file names: `DC_sa03`, or `sa03` in a folder that is named after the speaker.
//!
//! P. Jackson and S. Haq, "Surrey Audio-Visual Expressed Emotion (SAVEE) database", University of Surrey, 2014.

use super::reader::{Name, NameReader, Said, is_number};
use crate::corpus::sex::Sex;

pub(super) const READER: NameReader =
    NameReader { id: "savee", name: "SAVEE", people: "savee", example: "DC_sa03.wav", read };

/// All are men.
const SPEAKERS: [&str; 4] = ["DC", "JE", "JK", "KL"];

/// Two-letter codes first, or `sa` (sad) and `su` (surprised) would read as a single letter.
const EMOTIONS: [(&str, &str); 7] = [
    ("sa", "sad"),
    ("su", "surprised"),
    ("a", "angry"),
    ("d", "disgust"),
    ("f", "fearful"),
    ("h", "happy"),
    ("n", "neutral"),
];

fn read(name: &Name<'_>) -> Option<Said> {
    let (speaker, take) = name.stem.split_once('_').unwrap_or((name.folder(), name.stem));
    if !SPEAKERS.contains(&speaker) {
        return None;
    }
    let (label, number) =
        EMOTIONS.iter().find_map(|&(code, label)| Some((label, take.strip_prefix(code)?)))?;
    is_number(number, 2).then(|| Said { speaker: speaker.to_owned(), label, sex: Some(Sex::Male) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::said;
    use super::*;

    fn read(path: &str) -> Option<(String, &'static str)> {
        said(&READER, path).map(|(speaker, label, _)| (speaker, label))
    }

    #[test]
    fn sad_and_surprised_are_not_taken_for_another_letter() {
        assert_eq!(read("DC_sa03.wav"), Some(("DC".to_owned(), "sad")));
        assert_eq!(read("KL_su15.wav"), Some(("KL".to_owned(), "surprised")));
        assert_eq!(read("JK_a01.wav"), Some(("JK".to_owned(), "angry")));
        assert_eq!(read("JE_n30.wav"), Some(("JE".to_owned(), "neutral")));
    }

    #[test]
    fn the_folder_names_the_speaker_where_the_file_does_not() {
        assert_eq!(read("JE/sa03.wav"), Some(("JE".to_owned(), "sad")));
        assert_eq!(read("audio/sa03.wav"), None);
        assert_eq!(read("JE/XX_sa03.wav"), None);
    }

    #[test]
    fn other_names_are_not_read() {
        for stem in ["DC_sa3", "DC_sa003", "DC_x01", "DC_sa+3", "DC_", "DC", "", "_", "dc_sa03"] {
            assert_eq!(read(&format!("DC_music/{stem}.wav")), None, "{stem}");
        }
    }

    proptest! {
        #[test]
        fn generated_names_are_read(
            speaker in prop::sample::select(&SPEAKERS[..]),
            (code, label) in prop::sample::select(&EMOTIONS[..]),
            number in 0..100,
        ) {
            for path in [format!("{speaker}_{code}{number:02}.wav"), format!("{speaker}/{code}{number:02}.wav")] {
                prop_assert_eq!(read(&path), Some((speaker.to_owned(), label)));
            }
        }
    }
}
