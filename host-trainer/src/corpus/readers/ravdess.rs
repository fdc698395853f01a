//! RAVDESS's file names: seven numbers of two digits, `03-01-EE-II-SS-RR-AA` for audio-only speech and
//! `03-02-EE-II-SS-RR-AA` for audio-only song of the same actors.
//!
//! S. R. Livingstone and F. A. Russo, "The Ryerson Audio-Visual Database of Emotional Speech and Song
//! (RAVDESS)", PLoS ONE 13(5), 2018.

use super::reader::{Name, NameReader, Said, is_number, odd_is_male};

pub(super) const SPEECH: NameReader = NameReader {
    id: "ravdess",
    name: "RAVDESS",
    people: "ravdess",
    example: "03-01-05-01-02-01-12.wav",
    read: |name| read(name, "01"),
};
pub(super) const SONG: NameReader = NameReader {
    id: "ravdess-song",
    name: "RAVDESS song",
    people: "ravdess",
    example: "03-02-05-01-02-01-12.wav",
    read: |name| read(name, "02"),
};

/// In the order of the codes, from 01.
const EMOTIONS: [&str; 8] = ["neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised"];
const AUDIO_ONLY: &str = "03";

/// Of one channel; the sound of videos is not read.
fn read(name: &Name<'_>, channel: &str) -> Option<Said> {
    let [modality, found, emotion, intensity, statement, repetition, actor] = name.fields('-')?;
    let others = [emotion, intensity, statement, repetition, actor];
    if modality != AUDIO_ONLY
        || found != channel
        || !others.iter().all(|field| is_number(field, 2))
        || actor == "00"
    {
        return None;
    }
    let code: usize = emotion.parse().ok()?;
    let &label = EMOTIONS.get(code.checked_sub(1)?)?;
    Some(Said { speaker: actor.to_owned(), label, sex: Some(odd_is_male(actor)) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::said;
    use super::*;
    use crate::corpus::sex::Sex;

    #[test]
    fn the_published_example_is_read() {
        // From the database's own description: fearful, normal intensity, "Dogs", first repetition, actor 12, female.
        let expected = Some(("12".to_owned(), "fearful", Some(Sex::Female)));
        assert_eq!(said(&SPEECH, "03-01-06-01-02-01-12.wav"), expected);
        assert_eq!(said(&SONG, "03-02-06-01-02-01-12.wav"), expected);
        assert_eq!(["12", "07"].map(odd_is_male), [Sex::Female, Sex::Male]);
    }

    #[test]
    fn video_and_other_names_are_not_read() {
        let stems = [
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
            assert_eq!(said(&SPEECH, &format!("{stem}.wav")), None, "{stem}");
        }
        assert_eq!(said(&SPEECH, SONG.example), None);
    }

    proptest! {
        #[test]
        fn generated_names_are_read(
            code in 1..=8usize, intensity in 1..=2, statement in 1..=2, repetition in 1..=2, actor in 1..=24,
        ) {
            let name = format!("03-01-{code:02}-{intensity:02}-{statement:02}-{repetition:02}-{actor:02}.wav");
            let (speaker, label, _) = said(&SPEECH, &name).unwrap();
            prop_assert_eq!((speaker, label), (format!("{actor:02}"), EMOTIONS[code - 1]));
        }
    }
}
