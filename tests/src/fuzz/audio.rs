use engine::{Classifier, arena_bytes};

use super::samples;

/// A model of one operator of each kind, so that what is heard goes through all of them.
const BLOB: &[u8] = include_bytes!("../../../engine/tests/data/every_operator.postcard");

/// Audio may come in portions of any sizes: the answers are those of the whole at once.
///
/// The bytes are portions: a length of 0 to 255, and as many samples.
///
/// # Panics
/// If the portions make a difference, or asking for an answer after each one does.
pub fn audio(bytes: &[u8]) {
    let mut portions = Vec::new();
    let mut left = bytes;
    while let Some((&length, rest)) = left.split_first() {
        let (portion, rest) = rest.split_at((usize::from(length) * 2).min(rest.len()));
        portions.push(samples(portion));
        left = rest;
    }
    assert_eq!(answers(&portions), answers(&[portions.concat()]));
}

/// The scores of every answer, the recording's last.
fn answers(portions: &[Vec<i16>]) -> Vec<Vec<i8>> {
    let mut classifier = Classifier::<{ arena_bytes(BLOB) }>::new();
    classifier.load(BLOB).expect("the model is valid");
    let mut scores = Vec::new();
    for portion in portions {
        let pushed = classifier.push(portion, |answer| scores.push(answer.scores().to_vec()));
        pushed.expect("there is a model");
        let _ = classifier.latest();
    }
    scores.push(classifier.finish().expect("`finish` fills the window").scores().to_vec());
    scores
}
