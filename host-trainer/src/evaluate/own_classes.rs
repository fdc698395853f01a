use std::collections::{BTreeMap, BTreeSet};

/// The classes that each corpus has.
///
/// A class that a corpus lacks is no evidence in training, so how often its clips are taken for that class is left to
/// chance, or to what happens to tell one corpus from another. A recipe is therefore chosen by what a model makes of
/// each clip among the classes of the clip's corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OwnClasses<C>(BTreeMap<C, BTreeSet<usize>>);

impl<C: Ord> OwnClasses<C> {
    /// Of clips, each given by corpus and class.
    pub(crate) fn new(clips: impl Iterator<Item = (C, usize)>) -> Self {
        let mut corpora: BTreeMap<C, BTreeSet<usize>> = BTreeMap::new();
        clips.for_each(|(corpus, class)| _ = corpora.entry(corpus).or_default().insert(class));
        Self(corpora)
    }

    /// The logits of a clip of this corpus, minus infinity for each class that the corpus lacks.
    pub(crate) fn alone(&self, corpus: &C, logits: &[f32]) -> Vec<f32> {
        let is_own = |class: usize| self.0.get(corpus).is_some_and(|classes| classes.contains(&class));
        let logit = |(class, &logit)| if is_own(class) { logit } else { f32::NEG_INFINITY };
        logits.iter().enumerate().map(logit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_a_corpus_lacks_is_no_answer_to_its_clips() {
        let own = OwnClasses::new([("x", 0), ("x", 2), ("y", 0), ("y", 1), ("x", 2)].into_iter());
        assert_eq!(own.alone(&"x", &[-3.0, 9.0, -5.0]), [-3.0, f32::NEG_INFINITY, -5.0]);
        assert_eq!(own.alone(&"y", &[0.0, 1.0, 9.0]), [0.0, 1.0, f32::NEG_INFINITY]);
    }
}
