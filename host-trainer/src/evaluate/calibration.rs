use std::f64::consts::FRAC_2_PI;

use serde::Serialize;

/// Bins of confidence.
const BINS: usize = 15;

/// How far a model's confidence can be believed; shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Calibration {
    /// The mean confidence of its answers.
    pub confidence: f64,
    /// Expected calibration error: how far confidence and share of right answers are apart, bin by bin of confidence
    /// (15 of equal width), weighted by answers (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    pub ece: f64,
    /// What `ece` would be in the mean if each answer were right as often as its confidence says: so few answers are
    /// never shared out evenly, so what is not above this figure is no fault of the model's.
    pub ece_by_chance: f64,
}

impl Calibration {
    /// Of answers: the confidence of each, 0 to 1, and whether it was right. Of none, all figures are 0.
    ///
    /// The surplus of a bin's right answers over what is expected has the variance Σ c (1 − c), and a normal surplus
    /// of that variance has the mean distance √(2/π Σ c (1 − c)) from 0: the sum of these, over all
    /// answers, is `ece_by_chance`.
    ///
    /// ```
    /// use host_trainer::evaluate::Calibration;
    ///
    /// // Right half of the time at 0.75, and always at 1.
    /// let answers = [(0.75, true), (0.75, false), (1.0, true), (1.0, true)];
    /// let calibration = Calibration::of(answers);
    /// assert_eq!((calibration.confidence, calibration.ece), (0.875, 0.125));
    /// // √(2/π · 2 · 0.75 · 0.25) of four answers.
    /// assert!((calibration.ece_by_chance - 0.1222).abs() < 1e-4);
    /// ```
    pub fn of(answers: impl IntoIterator<Item = (f32, bool)>) -> Self {
        // Right answers less what was expected, in each bin.
        let mut surplus = [0.0; BINS];
        let mut variance = [0.0; BINS];
        let (mut count, mut sum) = (0, 0.0);
        for (confidence, right) in answers {
            let bin = ((confidence * BINS as f32) as usize).min(BINS - 1);
            let confidence = f64::from(confidence);
            surplus[bin] += f64::from(u8::from(right)) - confidence;
            variance[bin] += confidence * (1.0 - confidence);
            sum += confidence;
            count += 1;
        }
        let count = f64::from(count.max(1));
        let ece = surplus.iter().map(|surplus: &f64| surplus.abs()).sum::<f64>() / count;
        let by_chance = variance.iter().map(|variance: &f64| (FRAC_2_PI * variance).sqrt()).sum::<f64>();
        Self { confidence: sum / count, ece, ece_by_chance: by_chance / count }
    }

    /// As they stand beside each other in tables.
    #[must_use]
    pub fn figures(&self) -> [f64; 3] {
        [self.confidence, self.ece, self.ece_by_chance]
    }
}
