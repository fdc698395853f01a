use serde::Serialize;

/// Bins of confidence.
const BINS: usize = 15;

/// How far a model's confidence can be believed; shares are 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Calibration {
    /// The mean confidence of its answers.
    pub confidence: f64,
    /// Expected calibration error: how far confidence and share of right answers are apart, bin by bin of confidence (15
    /// of equal width), weighted by answers (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    pub ece: f64,
}

impl Calibration {
    /// Of answers: the confidence of each, 0 to 1, and whether it was right. Of none, both figures are 0.
    ///
    /// ```
    /// use host_trainer::evaluate::Calibration;
    ///
    /// // Right half of the time at 0.75, and always at 1.
    /// let answers = [(0.75, true), (0.75, false), (1.0, true), (1.0, true)];
    /// assert_eq!(Calibration::of(answers), Calibration { confidence: 0.875, ece: 0.125 });
    /// ```
    pub fn of(answers: impl IntoIterator<Item = (f32, bool)>) -> Self {
        // Right answers less what was expected, in each bin.
        let mut surplus = [0.0; BINS];
        let (mut count, mut sum) = (0, 0.0);
        for (confidence, right) in answers {
            let bin = ((confidence * BINS as f32) as usize).min(BINS - 1);
            surplus[bin] += f64::from(u8::from(right)) - f64::from(confidence);
            sum += f64::from(confidence);
            count += 1;
        }
        let count = f64::from(count.max(1));
        let ece = surplus.iter().map(|surplus: &f64| surplus.abs()).sum::<f64>() / count;
        Self { confidence: sum / count, ece }
    }
}
