//! CREMA-D's file names: actor, sentence, emotion and level, like `1001_IEO_ANG_HI`.
//!
//! H. Cao et al., "CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset", IEEE Transactions on
//! Affective Computing 5(4), 2014.

use super::reader::{Name, NameReader, Said, is_number, listed};

pub(super) const READER: NameReader =
    NameReader { id: "crema-d", name: "CREMA-D", people: "crema-d", example: "1001_IEO_ANG_XX.wav", read };

const EMOTIONS: [(&str, &str); 6] = [
    ("ANG", "angry"),
    ("DIS", "disgust"),
    ("FEA", "fearful"),
    ("HAP", "happy"),
    ("NEU", "neutral"),
    ("SAD", "sad"),
];
/// `X` stands in the published name `1040_ITH_SAD_X`.
const LEVELS: [&str; 5] = ["LO", "MD", "HI", "XX", "X"];

fn read(name: &Name<'_>) -> Option<Said> {
    let [actor, sentence, emotion, level] = name.fields('_')?;
    let well_formed = is_number(actor, 4)
        && sentence.len() == 3
        && sentence.bytes().all(|b| b.is_ascii_uppercase())
        && LEVELS.contains(&level);
    let label = listed(&EMOTIONS, emotion)?;
    well_formed.then(|| Said { speaker: actor.to_owned(), label, sex: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        assert_eq!(said(&READER, "1001_IEO_ANG_HI.wav"), Some(("1001".to_owned(), "angry", None)));
        assert_eq!(said(&READER, "1040_ITH_SAD_X.wav"), Some(("1040".to_owned(), "sad", None)));
    }

    #[test]
    fn other_names_are_not_read() {
        for stem in
            ["1001_IEO_SUR_HI", "1001_IEO_ANG", "101_IEO_ANG_HI", "1001_ieo_ANG_HI", "1001_IEO_ANG_AA", ""]
        {
            assert_eq!(said(&READER, &format!("{stem}.wav")), None, "{stem}");
        }
    }

    proptest! {
        #[test]
        fn generated_names_are_read(
            actor in 1001..=1091u16,
            sentence in "[A-Z]{3}",
            (code, label) in prop::sample::select(&EMOTIONS[..]),
            level in prop::sample::select(&LEVELS[..]),
        ) {
            let name = format!("{actor}_{sentence}_{code}_{level}.wav");
            prop_assert_eq!(said(&READER, &name), Some((actor.to_string(), label, None)));
        }
    }
}
