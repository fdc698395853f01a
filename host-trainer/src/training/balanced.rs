use std::collections::{BTreeMap, BTreeSet};

/// How much each clip counts so that all corpora count the same, and within a corpus all of its classes; they sum to 1.
/// Clips are given by corpus and class.
pub(crate) fn balanced<C: Ord + Clone>(clips: &[(C, usize)]) -> Vec<f64> {
    let mut cells: BTreeMap<&(C, usize), usize> = BTreeMap::new();
    clips.iter().for_each(|cell| *cells.entry(cell).or_default() += 1);
    let corpora: BTreeSet<&C> = clips.iter().map(|(corpus, _)| corpus).collect();
    let classes = |corpus: &C| cells.keys().filter(|(other, _)| other == corpus).count();
    let parts: BTreeMap<&C, usize> =
        corpora.iter().map(|&corpus| (corpus, corpora.len() * classes(corpus))).collect();
    clips.iter().map(|cell| 1.0 / (parts[&cell.0] * cells[cell]) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two corpora, half each; the first's classes have a quarter each, of three clips and one.
    #[test]
    fn worked_by_hand() {
        let clips = [("a", 0), ("a", 0), ("a", 0), ("a", 2), ("b", 1), ("b", 1)];
        let twelfth = 1.0 / 12.0;
        assert_eq!(balanced(&clips), [twelfth, twelfth, twelfth, 0.25, 0.25, 0.25]);
        assert!(balanced::<&str>(&[]).is_empty());
    }
}
