use engine::{Model, Session};

/// Asserts that a model gives an answer: after audio of any length, and silence if that is too short.
///
/// # Panics
/// If it gives none, or one that is no distribution over its labels.
pub fn assert_answers(model: Model<'_>, audio: &[i16]) {
    let labels = model.labels().to_vec();
    let mut arena = vec![0; model.plan().arena_bytes()];
    let mut session = Session::new();
    session.start(model);
    session.push(audio, &mut arena);
    session.finish(&mut arena);
    let result = session.classify(&mut arena).expect("`finish` fills the window");
    assert!(labels.contains(&result.emotion()));
    assert_eq!(result.scores().len(), labels.len());
    // Each probability is rounded to 1/256, and 1 saturates at 255/256.
    let sum: f32 = result.probabilities().map(|(_, probability)| probability).sum();
    assert!((sum - 1.0).abs() * 256.0 <= labels.len() as f32 + 1.0, "{sum}");
}
