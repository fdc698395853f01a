use serde::{Deserialize, Serialize};

use crate::network::Weights;

/// How fast the mean of gradients forgets.
const BETA1: f32 = 0.9;
/// How fast the mean of squared gradients forgets.
const BETA2: f32 = 0.999;
/// What is added to the root of the latter.
const EPSILON: f32 = 1e-8;

/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019).
/// dfdx has it, but hides its moments, and a run can't go on without them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    steps: i32,
    mean: Vec<Vec<f32>>,
    square: Vec<Vec<f32>>,
}

impl Adam {
    /// An optimiser of these weights that has not moved yet.
    #[must_use]
    pub fn new(weights: &Weights) -> Self {
        let zeros: Vec<Vec<f32>> = weights.trainable().map(|values| vec![0.0; values.len()]).collect();
        Self { steps: 0, mean: zeros.clone(), square: zeros }
    }

    /// One step against the gradients of [`Weights::trainable`], in that order. Decay pulls on weights proper only.
    pub fn step(
        &mut self,
        weights: &mut Weights,
        gradients: &[Vec<f32>],
        learning_rate: f32,
        weight_decay: f32,
    ) {
        self.steps += 1;
        let rate = learning_rate * (1.0 - BETA2.powi(self.steps)).sqrt() / (1.0 - BETA1.powi(self.steps));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for (((values, decays), gradient), (mean, square)) in
            weights.trainable_mut().zip(gradients).zip(moments)
        {
            let kept = if decays { 1.0 - learning_rate * weight_decay } else { 1.0 };
            let moments = mean.iter_mut().zip(square);
            for ((value, gradient), (mean, square)) in values.iter_mut().zip(gradient).zip(moments) {
                *mean += (1.0 - BETA1) * (gradient - *mean);
                *square += (1.0 - BETA2) * (gradient * gradient - *square);
                *value = kept * *value - rate * *mean / (square.sqrt() + EPSILON);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::LayerWeights;

    #[test]
    fn the_first_step_goes_by_the_learning_rate_against_the_sign_and_decays_weights_alone() {
        let layer = LayerWeights { weight: vec![1.0, -2.0], bias: vec![0.5], batch_norm: None };
        let mut weights = Weights { layers: vec![layer] };
        let mut adam = Adam::new(&weights);
        adam.step(&mut weights, &[vec![3.0, -0.01], vec![7.0]], 0.1, 0.5);
        let LayerWeights { weight, bias, .. } = &weights.layers[0];
        for (found, expected) in weight.iter().chain(bias).zip([0.95 - 0.1, -1.9 + 0.1, 0.5 - 0.1]) {
            assert!((found - expected).abs() < 1e-5, "{found} {expected}");
        }
    }
}
