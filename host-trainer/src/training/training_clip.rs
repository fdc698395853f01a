use std::sync::Arc;

/// A recording to learn from.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingClip {
    /// The whole recording, at the front end's sample rate; shared, as several trainings may learn from it.
    pub samples: Arc<[i16]>,
    /// Its index in [`Classes::labels`](crate::corpus::Classes::labels); None where nobody has labelled it, and a
    /// teacher's answer is all that there is to learn.
    pub class: Option<usize>,
    /// Who speaks: those of one speaker have the same number.
    pub speaker: usize,
    /// The name of its corpus, by which a preset may give it a weight.
    pub corpus: Arc<str>,
    /// What a teacher says of it, if there is one: a logit for each class, of speech in which every class is as likely.
    pub advice: Option<Arc<[f32]>>,
}
