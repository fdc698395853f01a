/// The range searched, as natural logarithms.
const RANGE: [f64; 2] = [-3.0, 3.0];
/// Each step leaves 62 % of the range.
const STEPS: usize = 40;

/// The temperature that divides the logits so that their softmax has the lowest negative log-likelihood
/// (Guo et al., "On Calibration of Modern Neural Networks", 2017), by golden-section search.
pub(super) fn fit(logits: &[Vec<f32>], classes: &[usize]) -> f32 {
    let golden = (5f64.sqrt() - 1.0) / 2.0;
    let [mut low, mut high] = RANGE;
    let loss = |log: f64| mean_loss(logits, classes, log.exp());
    for _ in 0..STEPS {
        let span = golden * (high - low);
        let (left, right) = (high - span, low + span);
        if loss(left) < loss(right) {
            high = right;
        } else {
            low = left;
        }
    }
    f64::midpoint(low, high).exp() as f32
}

/// The mean negative log-likelihood of the right classes.
pub(crate) fn mean_loss(logits: &[Vec<f32>], classes: &[usize], temperature: f64) -> f64 {
    let losses = logits.iter().zip(classes).map(|(logits, &class)| {
        let scaled = logits.iter().map(|&logit| f64::from(logit) / temperature);
        let highest = scaled.clone().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scaled.map(|logit| (logit - highest).exp()).sum();
        total.ln() + highest - f64::from(logits[class]) / temperature
    });
    losses.sum::<f64>() / logits.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_becomes_the_share_of_right_answers() {
        // Three of four are right, so a calibrated confidence is 75 %: logits 0 and ln 3.
        let logits = vec![vec![5.0, 0.0]; 4];
        let temperature = fit(&logits, &[0, 0, 0, 1]);
        assert!((temperature - 5.0 / 3f32.ln()).abs() < 1e-3, "{temperature}");
    }

    #[test]
    fn loss_worked_by_hand() {
        let loss = mean_loss(&[vec![0.0, 0.0], vec![0.0, 2.0 * 3f32.ln()]], &[0, 1], 2.0);
        assert!((loss - (2f64.ln() + (4f64 / 3.0).ln()) / 2.0).abs() < 1e-6);
    }
}
