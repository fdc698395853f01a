use crate::blob::MAX_LABELS;

/// Answers after which those before count half.
const MEMORY: u32 = 64;

/// The mean of probabilities over answers.
///
/// It is the mean and not the product (the sum of logarithms): answers of a stream overlap, so that their errors are
/// alike, and a product would count the same evidence again and again. The mean stays calibrated, and is the less
/// sensitive to errors of the two (J. Kittler, M. Hatef, R. Duin and J. Matas, On combining classifiers, IEEE Trans.
/// Pattern Analysis and Machine Intelligence 20, 1998). After 64 answers all sums are halved: whoever speaks for
/// minutes is heard anew.
#[derive(Debug, Clone)]
pub(super) struct Posteriors {
    sums: [u32; MAX_LABELS],
    answers: u32,
}

impl Posteriors {
    pub(super) const fn new() -> Self {
        Self { sums: [0; MAX_LABELS], answers: 0 }
    }

    /// Whether there was no answer.
    pub(super) const fn is_empty(&self) -> bool {
        self.answers == 0
    }

    /// Takes in an answer: a weight for each label, of at most 2^16.
    pub(super) fn add(&mut self, weights: impl Iterator<Item = u32>) {
        if self.answers >= MEMORY {
            self.sums = self.sums.map(|sum| sum / 2);
            self.answers /= 2;
        }
        self.answers = self.answers.saturating_add(1);
        for (sum, weight) in self.sums.iter_mut().zip(weights) {
            *sum = sum.saturating_add(weight);
        }
    }

    /// The mean, in steps of 2^-15; all 0 before the first answer.
    pub(super) fn mean(&self) -> [u16; MAX_LABELS] {
        let total = self.sums.iter().fold(0_u64, |total, &sum| total.saturating_add(sum.into()));
        self.sums.map(|sum| (u64::from(sum) << 15).checked_div(total).unwrap_or(0) as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_by_hand() {
        let mut posteriors = Posteriors::new();
        assert_eq!(posteriors.mean(), [0; MAX_LABELS]);
        posteriors.add([255, 1].into_iter());
        posteriors.add([127, 129].into_iter());
        assert_eq!(posteriors.mean()[..3], [24_448, 8320, 0]); // 382/512, 130/512
    }

    #[test]
    fn later_answers_win_in_the_end() {
        let mut posteriors = Posteriors::new();
        (0..100_000).for_each(|_| posteriors.add([65_536, 0].into_iter()));
        (0..200).for_each(|_| posteriors.add([0, 65_536].into_iter()));
        assert!(posteriors.mean()[1] > 31_000);
    }
}
