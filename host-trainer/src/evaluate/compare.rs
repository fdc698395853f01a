use super::{Confusion, Examples, Scorer};
use crate::features::Voice;
use crate::network::{FloatModel, infer};

/// A model before and after quantisation, on the same recordings.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The float network.
    pub float: Confusion,
    /// The blob, run by the engine.
    pub int8: Confusion,
    /// The share of recordings on which both say the same, 0 to 1.
    pub agreement: f64,
}

/// Scores a model and the blob that was made from it.
///
/// # Errors
/// The engine refuses the blob.
pub fn compare(model: &FloatModel, blob: &[u8], examples: &Examples) -> anyhow::Result<Comparison> {
    let scorer = Scorer::new(blob)?;
    let float = examples.classify("scoring float", |example| float_class(model, &example.window));
    let int8 = examples.classify("scoring int8", |example| scorer.classify(&example.window).class);
    let same = float.iter().zip(&int8).filter(|(float, int8)| float == int8).count();
    Ok(Comparison {
        float: examples.confusion(float.iter().copied()),
        int8: examples.confusion(int8.iter().copied()),
        agreement: same as f64 / float.len().max(1) as f64,
    })
}

/// What the float network says of a window.
pub(crate) fn float_class(model: &FloatModel, window: &[i16]) -> usize {
    let tensors =
        infer::activations(&model.network, &model.weights, &model.hearing.input(window, &Voice::default()));
    largest(tensors.last().map_or(&[], Vec::as_slice))
}

/// The index of the largest value; of equals, the first.
pub(crate) fn largest(values: &[f32]) -> usize {
    let indices = (0..values.len()).rev();
    indices.max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_values_the_first_counts() {
        assert_eq!(largest(&[1.0, 3.0, 3.0, -2.0]), 1);
        assert_eq!(largest(&[]), 0);
    }
}
