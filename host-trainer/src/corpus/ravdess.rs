//! RAVDESS' file names: seven numbers of two digits, `03-01-EE-II-SS-RR-AA` for audio-only speech.
//!
//! S. R. Livingstone and F. A. Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song
//! (RAVDESS)", PLoS ONE 13(5), 2018.

use engine::Emotion;

use super::{Label, Sex};

/// In the order of the codes, from 01.
const EMOTIONS: [Emotion; 8] = [
    Emotion::Neutral,
    Emotion::Calm,
    Emotion::Happy,
    Emotion::Sad,
    Emotion::Angry,
    Emotion::Fearful,
    Emotion::Disgust,
    Emotion::Surprised,
];
const AUDIO_ONLY: &str = "03";
const SPEECH: &str = "01";

/// What a file's name without extension says. Song and the sound of videos are not read.
pub(super) fn parse(stem: &str) -> Option<Label> {
    let fields: Vec<&str> = stem.split('-').collect();
    let &[modality, channel, emotion, intensity, statement, repetition, actor] = fields.as_slice() else {
        return None;
    };
    let others = [emotion, intensity, statement, repetition, actor];
    let numbers = others.iter().all(|field| field.len() == 2 && field.bytes().all(|b| b.is_ascii_digit()));
    if modality != AUDIO_ONLY || channel != SPEECH || !numbers || actor == "00" {
        return None;
    }
    let code: usize = emotion.parse().ok()?;
    let &emotion = EMOTIONS.get(code.checked_sub(1)?)?;
    Some(Label { speaker: actor.to_owned(), emotion })
}

/// Actors with an odd number are men.
pub(super) fn sex(speaker: &str) -> Sex {
    if speaker.bytes().last().is_some_and(|digit| digit % 2 == 1) { Sex::Male } else { Sex::Female }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(stem: &str) -> Option<(String, Emotion)> {
        parse(stem).map(|label| (label.speaker, label.emotion))
    }

    #[test]
    fn the_published_example_is_read() {
        // From the database's own description: fearful, normal intensity, "Dogs", first repetition, actor 12, female.
        assert_eq!(read("03-01-06-01-02-01-12"), Some(("12".to_owned(), Emotion::Fearful)));
        assert_eq!(["12", "07"].map(sex), [Sex::Female, Sex::Male]);
    }

    #[test]
    fn song_video_and_other_names_are_not_read() {
        let stems = [
            "03-02-06-01-02-01-12",
            "02-01-06-01-02-01-12",
            "03-01-00-01-02-01-12",
            "03-01-09-01-02-01-12",
            "03-01-06-01-02-01-00",
            "03-01-06-01-02-01",
            "03-01-06-01-02-01-12-01",
            "03-01-+6-01-02-01-12",
            "3-1-6-1-2-1-12",
            "",
        ];
        for stem in stems {
            assert_eq!(read(stem), None, "{stem}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(stem in ".*") {
            let _ = parse(&stem);
        }

        #[test]
        fn generated_names_are_read(
            code in 1..=8usize, intensity in 1..=2, statement in 1..=2, repetition in 1..=2, actor in 1..=24,
        ) {
            let stem = format!("03-01-{code:02}-{intensity:02}-{statement:02}-{repetition:02}-{actor:02}");
            prop_assert_eq!(read(&stem), Some((format!("{actor:02}"), EMOTIONS[code - 1])));
        }
    }
}
