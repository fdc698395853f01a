//! CREMA-D's file names: actor, sentence, emotion and level, like `1001_IEO_ANG_HI`.
//!
//! H. Cao et al., "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset", IEEE Transactions on
//! Affective Computing 5(4), 2014.

use engine::Emotion;

use super::Label;

const EMOTIONS: [(&str, Emotion); 6] = [
    ("ANG", Emotion::Angry),
    ("DIS", Emotion::Disgust),
    ("FEA", Emotion::Fearful),
    ("HAP", Emotion::Happy),
    ("NEU", Emotion::Neutral),
    ("SAD", Emotion::Sad),
];
/// `X` stands in the published name `1040_ITH_SAD_X`.
const LEVELS: [&str; 5] = ["LO", "MD", "HI", "XX", "X"];

/// What a file's name without extension says.
pub(super) fn parse(stem: &str) -> Option<Label> {
    let fields: Vec<&str> = stem.split('_').collect();
    let &[actor, sentence, emotion, level] = fields.as_slice() else {
        return None;
    };
    let well_formed = actor.len() == 4
        && actor.bytes().all(|b| b.is_ascii_digit())
        && sentence.len() == 3
        && sentence.bytes().all(|b| b.is_ascii_uppercase())
        && LEVELS.contains(&level);
    let &(_, emotion) = EMOTIONS.iter().find(|(code, _)| *code == emotion)?;
    well_formed.then(|| Label { speaker: actor.to_owned(), emotion })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(stem: &str) -> Option<(String, Emotion)> {
        parse(stem).map(|label| (label.speaker, label.emotion))
    }

    #[test]
    fn published_names_are_read() {
        assert_eq!(read("1001_IEO_ANG_HI"), Some(("1001".to_owned(), Emotion::Angry)));
        assert_eq!(read("1040_ITH_SAD_X"), Some(("1040".to_owned(), Emotion::Sad)));
    }

    #[test]
    fn other_names_are_not_read() {
        for stem in
            ["1001_IEO_SUR_HI", "1001_IEO_ANG", "101_IEO_ANG_HI", "1001_ieo_ANG_HI", "1001_IEO_ANG_AA", ""]
        {
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
            actor in 1001..=1091u16,
            sentence in "[A-Z]{3}",
            (code, emotion) in prop::sample::select(&EMOTIONS[..]),
            level in prop::sample::select(&LEVELS[..]),
        ) {
            let stem = format!("{actor}_{sentence}_{code}_{level}");
            prop_assert_eq!(read(&stem), Some((actor.to_string(), emotion)));
        }
    }
}
