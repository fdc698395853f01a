use engine::Classification;
use engine::listen::happening::by_label;
use serde::Serialize;

/// What a model says of a recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    /// The index of the label of the highest score.
    #[serde(skip)]
    pub class: usize,
    /// The label.
    pub emotion: String,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// Every label with its probability.
    #[serde(serialize_with = "by_label")]
    pub probabilities: Vec<(String, f32)>,
    /// The int8 logits, in the same order.
    pub scores: Vec<i8>,
}

impl From<Classification<'_>> for Prediction {
    fn from(answer: Classification<'_>) -> Self {
        Self {
            class: answer.class(),
            emotion: answer.label().to_owned(),
            confidence: answer.confidence(),
            probabilities: answer.probabilities().map(|(label, p)| (label.to_owned(), p)).collect(),
            scores: answer.scores().to_vec(),
        }
    }
}
