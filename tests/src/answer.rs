use engine::{Model, Session};

/// Asserts that a model gives an answer: after audio of any length, and silence if that is too short.
///
/// # Panics
/// If it gives none, or one that is no distribution over its labels.
pub fn assert_answers(model: Model<'_>, audio: &[i16]) {
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut session = Session::new();
    session.start(model, &mut arena).expect("the arena is as large as is needed");
    session.push(audio, &mut arena, |_| ()).expect("there is a model");
    let answer = session.finish(&mut arena).expect("`finish` fills the window");
    assert!(model.labels().iter().any(|label| label == answer.label()));
    assert_eq!(answer.scores().len(), model.labels().len());
    // Each probability is rounded to 1/256, and 1 saturates at 255/256.
    let sum: f32 = answer.probabilities().map(|(_, probability)| probability).sum();
    assert!((sum - 1.0).abs() * 256.0 <= model.labels().len() as f32 + 1.0, "{sum}");
}
