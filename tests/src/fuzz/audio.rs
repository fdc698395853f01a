use engine::Classifier;

use super::samples;

/// A model of one operator of each kind, so that what is heard goes through all of them.
const BLOB: &[u8] = include_bytes!("../../fuzz/corpus/blob/every_operator");
/// What that model needs.
const ARENA_BYTES: usize = 2108;

/// Audio may come in portions of any sizes: the answer is that of the whole at once.
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
    assert_eq!(answer(&portions), answer(&[portions.concat()]));
}

/// The scores after all portions.
fn answer(portions: &[Vec<i16>]) -> Vec<i8> {
    let mut classifier = Classifier::<ARENA_BYTES>::new();
    classifier.load(BLOB).expect("the model is valid");
    for portion in portions {
        classifier.push(portion);
        classifier.classify();
    }
    classifier.finish();
    classifier.classify().expect("`finish` fills the window").scores().to_vec()
}
