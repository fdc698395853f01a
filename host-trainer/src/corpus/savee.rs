//! SAVEE's file names: `DC_sa03`, or `sa03` in a folder that is named after the speaker.
//!
//! P. Jackson and S. Haq, "Surrey Audio-Visual Expressed Emotion (SAVEE) database", University of Surrey, 2014.

use engine::Emotion;

use super::Label;

const SPEAKERS: [&str; 4] = ["DC", "JE", "JK", "KL"];

/// Two-letter codes first, or `sa` (sad) and `su` (surprised) would read as a single letter.
const EMOTIONS: [(&str, Emotion); 7] = [
    ("sa", Emotion::Sad),
    ("su", Emotion::Surprised),
    ("a", Emotion::Angry),
    ("d", Emotion::Disgust),
    ("f", Emotion::Fearful),
    ("h", Emotion::Happy),
    ("n", Emotion::Neutral),
];

/// What a file's folder and its name without extension say.
pub(super) fn parse(folder: &str, stem: &str) -> Option<Label> {
    let (speaker, take) = stem.split_once('_').unwrap_or((folder, stem));
    if !SPEAKERS.contains(&speaker) {
        return None;
    }
    let (emotion, number) =
        EMOTIONS.iter().find_map(|&(code, emotion)| Some((emotion, take.strip_prefix(code)?)))?;
    let numbered = number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit());
    numbered.then(|| Label { speaker: speaker.to_owned(), emotion })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(folder: &str, stem: &str) -> Option<(String, Emotion)> {
        parse(folder, stem).map(|label| (label.speaker, label.emotion))
    }

    #[test]
    fn sad_and_surprised_are_not_taken_for_another_letter() {
        assert_eq!(read("", "DC_sa03"), Some(("DC".to_owned(), Emotion::Sad)));
        assert_eq!(read("", "KL_su15"), Some(("KL".to_owned(), Emotion::Surprised)));
        assert_eq!(read("", "JK_a01"), Some(("JK".to_owned(), Emotion::Angry)));
        assert_eq!(read("", "JE_n30"), Some(("JE".to_owned(), Emotion::Neutral)));
    }

    #[test]
    fn the_folder_names_the_speaker_where_the_file_does_not() {
        assert_eq!(read("JE", "sa03"), Some(("JE".to_owned(), Emotion::Sad)));
        assert_eq!(read("audio", "sa03"), None);
        assert_eq!(read("JE", "XX_sa03"), None);
    }

    #[test]
    fn other_names_are_not_read() {
        for stem in ["DC_sa3", "DC_sa003", "DC_x01", "DC_sa+3", "DC_", "DC", "", "_", "dc_sa03"] {
            assert_eq!(read("DC_music", stem), None, "{stem}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(folder in ".*", stem in ".*") {
            let _ = parse(&folder, &stem);
        }

        #[test]
        fn generated_names_are_read(
            speaker in prop::sample::select(&SPEAKERS[..]),
            (code, emotion) in prop::sample::select(&EMOTIONS[..]),
            number in 0..100,
        ) {
            for (folder, stem) in [
                ("", format!("{speaker}_{code}{number:02}")),
                (speaker, format!("{code}{number:02}")),
            ] {
                prop_assert_eq!(read(folder, &stem), Some((speaker.to_owned(), emotion)));
            }
        }
    }
}
