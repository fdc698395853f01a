use super::{Answer, Answers, Both, Confusion, Covered, OfScores, QuantisationLoss, coverage};

/// A model before and after quantisation, on the same recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The float network.
    pub float: Confusion,
    /// The blob, run by the engine.
    pub int8: Confusion,
    /// The share of recordings on which both say the same, 0 to 1.
    pub agreement: f64,
    /// Within which the scores lie, were other speakers of the same kind tested.
    pub intervals: Both<OfScores>,
    /// What quantisation has cost.
    pub quantisation: QuantisationLoss,
    /// What the blob's confidence is worth.
    pub coverage: Vec<Covered>,
}

impl From<&Answers> for Comparison {
    fn from(answers: &Answers) -> Self {
        let Both { float, int8 } = answers.confusions();
        let said = answers.answers.iter().map(|answer| answer.said());
        let judged: Vec<_> = answers.answers.iter().map(Answer::judged).collect();
        let same = said.filter(|said| said.float == said.int8).count();
        Self {
            float,
            int8,
            agreement: same as f64 / answers.answers.len().max(1) as f64,
            intervals: Both::of(answers.answers.iter().map(|answer| (0, answer))),
            quantisation: QuantisationLoss::of(answers.answers.iter().map(|answer| (0, answer))),
            coverage: coverage(&judged),
        }
    }
}
