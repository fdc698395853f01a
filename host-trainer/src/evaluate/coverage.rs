use serde::Serialize;

/// Percent between two thresholds.
const STEP: u8 = 5;

/// What is gained by answers below a confidence being withheld: a point of the curve of accuracy against coverage (R.
/// El-Yaniv and Y. Wiener, "On the foundations of noise-free selective classification", 2010). Shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Covered {
    /// The confidence, in percent, from which on there is an answer.
    pub threshold: u8,
    /// Of all, the share that is answered.
    pub answered: f64,
    /// Of what is answered, the share that is right.
    pub right: f64,
}

/// Of answers: the confidence of each, 0 to 1, and whether it was right. For each threshold of 0, 5, ... 95 % that
/// leaves one.
///
/// ```
/// use host_trainer::evaluate::coverage;
///
/// let points = coverage(&[(0.5, false), (0.6, true), (0.9, true), (0.91, true)]);
/// let at = |threshold| points.iter().find(|point| point.threshold == threshold);
/// assert_eq!(at(0).map(|point| (point.answered, point.right)), Some((1.0, 0.75)));
/// assert_eq!(at(60).map(|point| (point.answered, point.right)), Some((0.75, 1.0)));
/// assert_eq!((points.len(), at(95)), (19, None));
/// ```
#[must_use]
pub fn coverage(answers: &[(f32, bool)]) -> Vec<Covered> {
    let covered = |threshold: u8| {
        let least = f32::from(threshold) / 100.0;
        let given = || answers.iter().filter(|(confidence, _)| *confidence >= least);
        let (answered, right) = (given().count(), given().filter(|(_, right)| *right).count());
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        let right = share(right, answered);
        (answered > 0).then(|| Covered { threshold, answered: share(answered, answers.len()), right })
    };
    (0..100).step_by(STEP.into()).filter_map(covered).collect()
}
