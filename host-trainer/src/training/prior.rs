/// What is added to each class's logit while training: the logarithm of its share of the clips, relative to an
/// equal one. The network then need not learn how common a class is, and its own logits are those of speech in
/// which every emotion is as likely (Menon et al., "Long-tail learning via logit adjustment", 2021). Nothing for
/// a class without clips, which would otherwise be free to have any logit.
pub(super) fn log_prior(clips: impl Iterator<Item = usize>, classes: usize) -> Vec<f32> {
    let mut counts = vec![0_usize; classes];
    clips.for_each(|class| counts[class] += 1);
    let present = counts.iter().filter(|&&count| count > 0).count();
    let equal = counts.iter().sum::<usize>() as f32 / present.max(1) as f32;
    counts.into_iter().map(|count| if count > 0 { (count as f32 / equal).ln() } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three classes that occur, 6 clips in all, an equal share is 2.
    #[test]
    fn worked_by_hand() {
        let found = log_prior([0, 0, 0, 0, 1, 3].into_iter(), 4);
        for (found, expected) in found.into_iter().zip([2f32.ln(), 0.5f32.ln(), 0.0, 0.5f32.ln()]) {
            assert!((found - expected).abs() < 1e-6);
        }
        assert_eq!(log_prior(std::iter::empty(), 2), [0.0, 0.0]);
    }
}
