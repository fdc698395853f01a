use std::collections::BTreeMap;

use rand::Rng;
use rand::seq::SliceRandom;

use super::training_clip::TrainingClip;

/// How many times as often as the mean clip of its corpus a clip of a rare class is drawn at most. More would teach
/// its few clips by heart.
const MOST_OFTEN: f64 = 4.0;

/// How often the clips of each corpus and class are drawn in an epoch, which has as many draws as there are clips.
///
/// A corpus has a share in proportion to its weight times the square root of its clips, so that a large one does
/// not drown a small one. Within a corpus each class is as likely, unless its clips would be drawn more than
/// [`MOST_OFTEN`] times as often as the mean clip. One corpus of even classes has each clip drawn once. Of a corpus
/// without labels each clip is drawn as often, and every class is as likely.
pub(super) struct Balance {
    cells: Vec<Stratum>,
    /// What a clip's class is likely to be before it is heard, by clip; those of a corpus are the same.
    corpora: Vec<usize>,
    priors: Vec<Vec<f32>>,
}

/// The clips of a corpus and class, or of a corpus without labels.
struct Stratum {
    clips: Vec<usize>,
    /// In an epoch.
    draws: usize,
}

impl Balance {
    /// Of training clips, whose corpora have a weight of 1 where none is given.
    pub(super) fn new(train: &[TrainingClip], classes: usize, weights: &BTreeMap<String, f64>) -> Self {
        let mut corpora: BTreeMap<(&str, bool), Vec<usize>> = BTreeMap::new();
        for (index, clip) in train.iter().enumerate() {
            corpora.entry((&clip.corpus, clip.class.is_some())).or_default().push(index);
        }
        let weight = |(&(name, _), clips): (&(&str, bool), &Vec<usize>)| {
            weights.get(name).copied().unwrap_or(1.0) * (clips.len() as f64).sqrt()
        };
        let total: f64 = corpora.iter().map(weight).sum();
        let mut balance = Self { cells: Vec::new(), corpora: vec![0; train.len()], priors: Vec::new() };
        let mut expected = 0.0;
        let mut dealt = 0;
        for (number, corpus) in corpora.iter().enumerate() {
            let (&(_, is_labelled), clips) = corpus;
            let members = if is_labelled { by_class(train, clips, classes) } else { vec![clips.clone()] };
            let shares = class_shares(&members);
            for (clips, share) in members.into_iter().zip(&shares) {
                expected += train.len() as f64 * weight(corpus) / total * share;
                let draws = (expected.round() as usize).saturating_sub(dealt);
                dealt += draws;
                clips.iter().for_each(|&clip| balance.corpora[clip] = number);
                balance.cells.push(Stratum { clips, draws });
            }
            let prior = if is_labelled { shares } else { vec![1.0 / classes as f64; classes] };
            balance.priors.push(prior.into_iter().map(|share| share as f32).collect());
        }
        balance.never_learnt(classes);
        balance
    }

    /// A class that no corpus has is left in every clip's softmax, as likely as another: the network then learns never
    /// to say it.
    fn never_learnt(&mut self, classes: usize) {
        for class in 0..classes {
            if self.priors.iter().all(|prior| prior[class] == 0.0) {
                self.priors.iter_mut().for_each(|prior| prior[class] = 1.0 / classes as f32);
            }
        }
    }

    /// The clips of an epoch, in random order.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> Vec<usize> {
        let mut order: Vec<usize> = self.cells.iter().flat_map(|cell| cell.draw(rng)).collect();
        order.shuffle(rng);
        order
    }

    /// How likely each class is in the corpus of a clip, as it is drawn: 0 for a class that the corpus lacks. Its
    /// logarithm is added to the logits in training. The network then need not learn how common a class is, and its
    /// own logits are those of speech in which every class is as likely (Menon et al., "Long-tail learning via logit
    /// adjustment", 2021); and where a class cannot occur, its absence says nothing against it.
    pub(super) fn prior(&self, clip: usize) -> &[f32] {
        &self.priors[self.corpora[clip]]
    }
}

impl Stratum {
    /// Each clip as often as any other, or once more, at random.
    fn draw(&self, rng: &mut impl Rng) -> Vec<usize> {
        let mut clips = self.clips.clone();
        clips.shuffle(rng);
        clips.into_iter().cycle().take(self.draws).collect()
    }
}

fn by_class(train: &[TrainingClip], clips: &[usize], classes: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); classes];
    for &clip in clips {
        train[clip].class.into_iter().for_each(|class| members[class].push(clip));
    }
    members
}

/// The classes' shares of a corpus's draws.
fn class_shares(members: &[Vec<usize>]) -> Vec<f64> {
    let present = members.iter().filter(|clips| !clips.is_empty()).count();
    let all: usize = members.iter().map(Vec::len).sum();
    let wanted =
        |clips: &Vec<usize>| (1.0 / present as f64).min(MOST_OFTEN * clips.len() as f64 / all as f64);
    let total: f64 = members.iter().map(wanted).sum();
    members.iter().map(|clips| wanted(clips) / total).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// So many clips of each class of each corpus, in this order.
    fn clips(corpora: &[(&str, &[usize])]) -> Vec<TrainingClip> {
        let of_class = |corpus: &str, class: usize, clips: usize| {
            vec![
                TrainingClip {
                    samples: [].into(),
                    class: Some(class),
                    speaker: 0,
                    corpus: corpus.into(),
                    advice: None
                };
                clips
            ]
        };
        let of_corpus = |&(corpus, classes): &(&str, &[usize])| {
            let classes: Vec<_> =
                (0..).zip(classes).map(|(class, &clips)| of_class(corpus, class, clips)).collect();
            classes.concat()
        };
        corpora.iter().flat_map(of_corpus).collect()
    }

    /// Draws of each corpus and class.
    fn draws(balance: &Balance, train: &[TrainingClip]) -> BTreeMap<(String, Option<usize>), usize> {
        let mut counts = BTreeMap::new();
        for clip in balance.draw(&mut ChaCha8Rng::seed_from_u64(1)) {
            *counts.entry((train[clip].corpus.to_string(), train[clip].class)).or_default() += 1;
        }
        counts
    }

    #[test]
    fn one_corpus_of_even_classes_has_every_clip_once() {
        let train = clips(&[("a", &[7, 7, 7])]);
        let balance = Balance::new(&train, 3, &BTreeMap::new());
        let mut order = balance.draw(&mut ChaCha8Rng::seed_from_u64(2));
        assert!(!order.is_sorted());
        order.sort_unstable();
        assert!(order.into_iter().eq(0..21));
        assert!(balance.prior(0).iter().all(|prior| (prior - 1.0 / 3.0).abs() < 1e-6));
    }

    /// Corpora of 90 and 10 clips: of 100 draws 3/4 and 1/4, as 9.487 to 3.162; with a weight of 3 for the second, half
    /// each. The first's classes are 60 and 30 clips large and drawn alike.
    #[test]
    fn corpora_count_by_weight_and_root() {
        let train = clips(&[("large", &[60, 30]), ("small", &[0, 5, 5])]);
        let drawn = |weights: &BTreeMap<_, _>| {
            draws(&Balance::new(&train, 3, weights), &train).into_values().collect::<Vec<_>>()
        };
        assert_eq!(drawn(&BTreeMap::new()), [38, 37, 13, 12]);
        assert_eq!(drawn(&BTreeMap::from([("small".to_owned(), 3.0)])), [25; 4]);
    }

    /// Of 100 clips 2 are of the rare class: not half of the draws, but 8 of 58, as the other class has 50.
    #[test]
    fn a_rare_class_is_not_learnt_by_heart() {
        let train = clips(&[("a", &[98, 2])]);
        let balance = Balance::new(&train, 2, &BTreeMap::new());
        assert_eq!(draws(&balance, &train).into_values().collect::<Vec<_>>(), [86, 14]);
        for (found, expected) in balance.prior(0).iter().zip([50.0 / 58.0, 8.0 / 58.0]) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn a_class_that_a_corpus_lacks_is_impossible_there_and_one_that_all_lack_is_not() {
        let train = clips(&[("a", &[4, 4, 0, 0]), ("b", &[4, 4, 4, 0])]);
        let balance = Balance::new(&train, 4, &BTreeMap::new());
        assert_eq!(balance.prior(0), [0.5, 0.5, 0.0, 0.25]);
        assert!(balance.prior(8)[2] > 0.3);
    }

    /// Of 100 draws a corpus of 64 clips without labels has 8 of 8 + 6 parts, 57, one of 36 the other 43.
    #[test]
    fn without_labels_every_clip_is_drawn_as_often_and_every_class_as_likely() {
        let mut train = clips(&[("labelled", &[18, 18, 0]), ("more", &[64])]);
        train.iter_mut().skip(36).for_each(|clip| clip.class = None);
        let balance = Balance::new(&train, 3, &BTreeMap::new());
        assert_eq!(draws(&balance, &train).into_values().collect::<Vec<_>>(), [21, 22, 57]);
        assert_eq!(balance.prior(0), [0.5, 0.5, 0.0]);
        assert!(balance.prior(36).iter().all(|prior| (prior - 1.0 / 3.0).abs() < 1e-6));
    }

    #[test]
    fn no_clip_is_drawn_much_more_often_than_another_of_its_class() {
        let train = clips(&[("a", &[10, 3, 7])]);
        let balance = Balance::new(&train, 3, &BTreeMap::new());
        let mut counts = vec![0_usize; 20];
        balance.draw(&mut ChaCha8Rng::seed_from_u64(3)).into_iter().for_each(|clip| counts[clip] += 1);
        for class in [0..10, 10..13, 13..20] {
            let (least, most) = (counts[class.clone()].iter().min(), counts[class].iter().max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{counts:?}");
        }
        assert_eq!(counts.iter().sum::<usize>(), 20);
    }
}
