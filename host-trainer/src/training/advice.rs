use crate::network::infer;
use crate::preset::Teaching;

/// A label's distribution moved towards what a teacher says of the clip (Hinton et al., "Distilling the Knowledge in a
/// Neural Network", 2015). `prior` is how likely each class is in the clip's corpus, as the teacher's logits, like the
/// network's, are those of speech in which every class is as likely; a class that can't occur there is not advised.
pub(super) fn advised(target: &mut [f32], logits: &[f32], prior: &[f32], teaching: Teaching) {
    let Teaching { share, temperature } = teaching;
    let adjusted = logits.iter().zip(prior).map(|(logit, prior)| logit / temperature + prior.ln());
    let said = infer::softmax(&adjusted.collect::<Vec<f32>>());
    target.iter_mut().zip(said).for_each(|(target, said)| *target += share * (said - *target));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A teacher of 3/4 and 1/4 at a temperature of 1, of 9 : 1 at a half; where the first class is three times as
    /// likely, 9/10 and 1/10.
    #[test]
    fn the_target_moves_towards_the_teacher_s_posterior() {
        for (prior, temperature, said) in [
            ([0.5, 0.5, 0.0], 1.0, [0.75, 0.25, 0.0]),
            ([0.5, 0.5, 0.0], 0.5, [0.9, 0.1, 0.0]),
            ([0.75, 0.25, 0.0], 1.0, [0.9, 0.1, 0.0]),
        ] {
            let mut target = [0.0, 1.0, 0.0];
            let teaching = Teaching { share: 0.6, temperature };
            advised(&mut target, &[3f32.ln(), 0.0, 7.0], &prior, teaching);
            for (found, (said, label)) in target.into_iter().zip(said.into_iter().zip([0.0, 1.0, 0.0])) {
                assert!((found - (0.6 * said + 0.4 * label)).abs() < 1e-6, "{found}");
            }
        }
    }
}
