use crate::network::Weights;

/// How much of the average a step keeps.
const DECAY: f32 = 0.99;

/// Moves the running average of all weights towards the latest ones (Polyak and Juditsky, 1992, with
/// exponential forgetting). Its accuracy is steadier from epoch to epoch than theirs and mostly higher.
/// The first steps forget faster, so that the random start does not linger.
pub(super) fn update(average: &mut Weights, latest: &Weights, step: usize) {
    let step = step as f32;
    let kept = DECAY.min((1.0 + step) / (10.0 + step));
    average
        .values_mut()
        .zip(latest.values())
        .for_each(|(average, latest)| *average += (1.0 - kept) * (latest - *average));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::LayerWeights;

    fn weights(value: f32) -> Weights {
        Weights { layers: vec![LayerWeights { weight: vec![value], ..LayerWeights::default() }] }
    }

    #[test]
    fn forgets_fast_at_first_and_slowly_later() {
        let mut average = weights(0.0);
        update(&mut average, &weights(1.0), 0);
        assert!((average.layers[0].weight[0] - 0.9).abs() < 1e-6);
        let mut average = weights(0.0);
        update(&mut average, &weights(1.0), 10_000);
        assert!((average.layers[0].weight[0] - 0.01).abs() < 1e-6);
    }
}
