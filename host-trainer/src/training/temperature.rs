/// The range searched, as natural logarithms.
const RANGE: [f64; 2] = [-3.0, 3.0];
/// Each step leaves 62 % of the range.
const STEPS: usize = 40;

/// Logits that are to be judged, with the right classes and how much each counts; the weights sum to 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged<'a> {
    pub(crate) logits: &'a [Vec<f32>],
    pub(crate) classes: &'a [usize],
    pub(crate) weights: &'a [f64],
}

impl Judged<'_> {
    /// The temperature that divides the logits so that their softmax has the lowest negative log-likelihood
    /// (Guo et al., "On Calibration of Modern Neural Networks", 2017), by golden-section search. It is 1 where nothing
    /// can be wrong, since each clip has one class alone to choose from.
    pub(crate) fn temperature(&self) -> f64 {
        let golden = (5f64.sqrt() - 1.0) / 2.0;
        let [mut low, mut high] = RANGE;
        let loss = |log: f64| self.loss(log.exp());
        if loss(high) == 0.0 {
            return 1.0;
        }
        for _ in 0..STEPS {
            let span = golden * (high - low);
            let (left, right) = (high - span, low + span);
            if loss(left) < loss(right) {
                high = right;
            } else {
                low = left;
            }
        }
        f64::midpoint(low, high).exp()
    }

    /// The weighted mean of the clips' losses, in nats.
    pub(crate) fn loss(&self, temperature: f64) -> f64 {
        let clips = self.logits.iter().zip(self.classes).zip(self.weights);
        clips.map(|((logits, &class), weight)| weight * log_loss(logits, class, temperature)).sum()
    }
}

/// The negative log-likelihood of the right class, in nats.
pub(crate) fn log_loss(logits: &[f32], class: usize, temperature: f64) -> f64 {
    let scaled = logits.iter().map(|&logit| f64::from(logit) / temperature);
    let highest = scaled.clone().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scaled.map(|logit| (logit - highest).exp()).sum();
    total.ln() + highest - f64::from(logits[class]) / temperature
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_class_tells_nothing() {
        let logits = [vec![2.0, f32::NEG_INFINITY], vec![f32::NEG_INFINITY, -1.0]];
        let judged = Judged { logits: &logits, classes: &[0, 1], weights: &[0.5, 0.5] };
        assert_eq!(judged.temperature(), 1.0);
    }

    #[test]
    fn confidence_becomes_the_share_of_right_answers() {
        // Three of four are right, so a calibrated confidence is 75 %: logits 0 and ln 3.
        let judged = Judged { logits: &vec![vec![5.0, 0.0]; 4], classes: &[0, 0, 0, 1], weights: &[0.25; 4] };
        let temperature = judged.temperature();
        assert!((temperature - 5.0 / 3f64.ln()).abs() < 1e-3, "{temperature}");
    }

    #[test]
    fn loss_worked_by_hand() {
        let logits = [vec![0.0, 0.0], vec![0.0, 2.0 * 3f32.ln()]];
        let loss = Judged { logits: &logits, classes: &[0, 1], weights: &[0.25, 0.75] }.loss(2.0);
        assert!((loss - (2f64.ln() + 3.0 * (4f64 / 3.0).ln()) / 4.0).abs() < 1e-6);
    }
}
