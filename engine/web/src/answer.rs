use engine::listen::Conversion;
use engine::listen::happening::by_label;
use engine::{Model, Session};
use serde::Serialize;

use crate::recording::loudest;
use crate::spectrogram::converted;

/// What the model says of a whole recording; serialises as `host-trainer predict --json` prints it.
#[derive(Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The label of the highest score.
    pub emotion: String,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// Every label with its probability.
    #[serde(serialize_with = "by_label")]
    pub probabilities: Vec<(String, f32)>,
    /// The int8 logits, in the same order.
    pub scores: Vec<i8>,
}

/// Answers to a recording of a voice that is not known; of a long one, to the window of highest energy. It is what
/// `host-trainer predict` answers where the recording has the model's rate; between rates the host has the longer
/// filter.
///
/// # Errors
/// Never for a model that the engine has accepted.
pub fn answer(
    model: &Model<'_>,
    conversion: Option<Conversion<'_>>,
    samples: &[i16],
) -> Result<Answer, String> {
    let resampled = conversion.map(|conversion| converted(conversion, samples));
    let samples = resampled.as_deref().unwrap_or(samples);
    let window = loudest(samples, model.front_end().window_samples as usize);
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut session = Box::new(Session::new());
    session.start(*model, &mut arena).map_err(|error| error.to_string())?;
    session.push(&window, &mut arena, |_| ()).map_err(|error| error.to_string())?;
    let answer = session.finish(&mut arena).map_err(|error| error.to_string())?;
    Ok(Answer {
        emotion: answer.label().to_owned(),
        confidence: answer.confidence(),
        probabilities: answer.probabilities().map(|(label, share)| (label.to_owned(), share)).collect(),
        scores: answer.scores().to_vec(),
    })
}
