use super::posteriors::Posteriors;
use super::{Opinion, Verdict};
use crate::Classification;
use crate::blob::Labels;

/// When an emotion is announced.
/// ```
/// use prosodia::listen::{DecisionSettings, Settings};
///
/// // For whoever must not be wrong.
/// let decisions = DecisionSettings { threshold: 80, ..DecisionSettings::DEFAULT };
/// let settings = Settings { decisions, ..Settings::DEFAULT };
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DecisionSettings {
    /// The probability from which on a label is announced, in percent: 0 to 100.
    pub threshold: u8,
    /// How far below the threshold the announced label has to fall before another is announced, in percent: 0 to 100.
    /// From the threshold on, what is announced first stands until the utterance ends.
    pub hysteresis: u8,
    /// The shortest utterance whose emotion is announced, in ms.
    pub shortest: u16,
}

impl DecisionSettings {
    /// From 50 % on, another when the first is below 40 %, for utterances of half a second.
    pub const DEFAULT: Self = Self { threshold: 50, hysteresis: 10, shortest: 500 };

    /// For what is not configured yet.
    pub(in crate::listen) const NONE: Self = Self { threshold: 0, hysteresis: 0, shortest: 0 };
}

impl Default for DecisionSettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Gathers answers over an utterance, and over all.
pub(in crate::listen) struct Decider {
    settings: DecisionSettings,
    utterance: Posteriors,
    /// A mean for each utterance.
    utterances: Posteriors,
    announced: Option<usize>,
}

impl Decider {
    pub(in crate::listen) const fn new(settings: DecisionSettings) -> Self {
        Self { settings, utterance: Posteriors::new(), utterances: Posteriors::new(), announced: None }
    }

    /// Whether an utterance of so many samples is long enough to be announced.
    pub(in crate::listen) fn is_long_enough(&self, samples: u64, sample_rate: u32) -> bool {
        let milliseconds = samples.saturating_mul(1000).checked_div(sample_rate.into()).unwrap_or(0);
        milliseconds >= self.settings.shortest.into()
    }

    /// An utterance begins.
    pub(in crate::listen) fn begin(&mut self) {
        (self.utterance, self.announced) = (Posteriors::new(), None);
    }

    /// Takes in an answer.
    pub(in crate::listen) fn hear(&mut self, answer: &Classification<'_>) {
        let weights = answer.quantised_probabilities();
        self.utterance.add(weights.iter().map(|&q| i32::from(q).wrapping_add(128).unsigned_abs()));
    }

    /// What is to be announced: a label that has become likely enough, and is not the one that stands.
    pub(in crate::listen) fn announce<'m>(&mut self, labels: Labels<'m>, sample: u64) -> Option<Opinion<'m>> {
        let opinion = self.so_far(labels, sample)?;
        let class = opinion.class();
        let lowered = self.settings.threshold.saturating_sub(self.settings.hysteresis);
        let stands = self.announced.is_some_and(|class| opinion.posterior(class) >= share(lowered));
        if stands
            || self.announced == Some(class)
            || opinion.posterior(class) < share(self.settings.threshold)
        {
            return None;
        }
        self.announced = Some(class);
        Some(opinion)
    }

    /// The utterance ends.
    pub(in crate::listen) fn end<'m>(
        &mut self,
        labels: Labels<'m>,
        sample: u64,
        is_long_enough: bool,
    ) -> Verdict<'m> {
        let Some(opinion) = self.so_far(labels, sample) else { return Verdict::NotSpeech };
        self.utterances.add(opinion.posteriors.into_iter().map(u32::from));
        let is_likely = opinion.posterior(opinion.class()) >= share(self.settings.threshold);
        if is_likely && is_long_enough { Verdict::Emotion(opinion) } else { Verdict::Unsure(opinion) }
    }

    /// By the answers of the utterance that is under way, or was the latest.
    pub(in crate::listen) fn so_far<'m>(&self, labels: Labels<'m>, sample: u64) -> Option<Opinion<'m>> {
        Self::opinion(&self.utterance, labels, sample)
    }

    /// By all utterances that are over, each of which counts alike.
    pub(in crate::listen) fn overall<'m>(&self, labels: Labels<'m>, sample: u64) -> Option<Opinion<'m>> {
        Self::opinion(&self.utterances, labels, sample)
    }

    /// Forgets all utterances.
    pub(in crate::listen) fn forget(&mut self) {
        self.utterances = Posteriors::new();
    }

    fn opinion<'m>(gathered: &Posteriors, labels: Labels<'m>, sample: u64) -> Option<Opinion<'m>> {
        (!gathered.is_empty()).then(|| Opinion { labels, posteriors: gathered.mean(), sample })
    }
}

/// Percent in steps of 2^-15.
fn share(percent: u8) -> u16 {
    (u32::from(percent).saturating_mul(1 << 15) / 100) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: &[u8] = b"\x05angry\x03sad";

    /// Announcements as the probability of the first of two labels, in 1/256, goes by.
    fn announced(probabilities: impl IntoIterator<Item = u32>) -> impl Iterator<Item = Option<&'static str>> {
        let labels = Labels::read(LABELS).unwrap();
        let settings = DecisionSettings { threshold: 60, hysteresis: 20, shortest: 0 };
        probabilities.into_iter().map(move |p| {
            let mut decider = Decider::new(settings);
            decider.announced = Some(0);
            decider.utterance.add([p, 256 - p].into_iter());
            decider.announce(labels, 0).map(|opinion| opinion.label())
        })
    }

    #[test]
    fn another_label_is_announced_when_the_first_is_unlikely() {
        // 60 % of the second is 40 % of the first, where it still stands.
        assert!(announced([256, 154, 128, 103]).eq([None; 4]));
        assert!(announced([102, 0]).eq([Some("sad"); 2]));
    }

    #[test]
    fn utterances_count_alike_whatever_their_length() {
        let labels = Labels::read(LABELS).unwrap();
        let mut decider = Decider::new(DecisionSettings::DEFAULT);
        assert_eq!(decider.end(labels, 0, true), Verdict::NotSpeech);
        for (probability, answers) in [(256, 1), (64, 20)] {
            decider.begin();
            (0..answers).for_each(|_| decider.utterance.add([probability, 256 - probability].into_iter()));
            assert!(matches!(decider.end(labels, 9, true), Verdict::Emotion(_)));
            assert!(matches!(decider.end(labels, 9, false), Verdict::Unsure(_)));
        }
        let overall = decider.overall(labels, 9).unwrap();
        assert_eq!((overall.label(), overall.confidence()), ("angry", 0.625));
        decider.forget();
        assert!(decider.overall(labels, 9).is_none());
    }
}
