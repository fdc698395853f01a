use crate::Emotion;
use crate::blob::{Labels, MAX_LABELS};
use crate::listen::Affect;

/// What became due, as a plain value that a queue can hold. Samples are those of the microphone, counted from the first
/// that was pushed.
/// ```
/// use prosodia::listen::{Event, Verdict};
///
/// /// What is to be remembered of a talk: how long somebody spoke, and with which emotion.
/// fn utterance(event: &Event<'_>, microphone_rate: u32) -> Option<(f64, String)> {
///     let Event::Ended { start, end, verdict: Verdict::Emotion(opinion) } = event else { return None };
///     Some(((end - start) as f64 / f64::from(microphone_rate), opinion.label().to_owned()))
/// }
/// assert_eq!(utterance(&Event::Began { sample: 0 }, 16_000), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Event<'m> {
    /// Somebody speaks, since this sample.
    Began {
        /// Where it began.
        sample: u64,
    },
    /// The utterance so far has an emotion, or another than was announced.
    Announced(Opinion<'m>),
    /// An utterance or another sound is over. A sound that never had the shape of speech ends without having
    /// [begun](Self::Began), as [`Verdict::NotSpeech`]; what began as speech may end so as well.
    Ended {
        /// Where it began.
        start: u64,
        /// Where it ended; the hangover comes after it.
        end: u64,
        /// What it was.
        verdict: Verdict<'m>,
    },
}

/// What an utterance was as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Verdict<'m> {
    /// Speech with an emotion.
    Emotion(Opinion<'m>),
    /// Speech, but no label is likely enough, or it was too short.
    Unsure(Opinion<'m>),
    /// Something else.
    NotSpeech,
}

/// How likely each label is, by all answers so far.
/// ```
/// use prosodia::listen::Opinion;
///
/// /// Only what is sure enough is worth a decision.
/// fn label<'m>(opinion: &Opinion<'m>) -> Option<&'m str> {
///     (opinion.confidence() >= 0.8).then(|| opinion.label())
/// }
///
/// /// A line of a table: valence and arousal, then every label's probability.
/// fn line(opinion: &Opinion<'_>) -> String {
///     let affect = opinion.affect();
///     let shares = opinion.probabilities().map(|(label, share)| format!(" {label} {share:.2}"));
///     format!("{} {}{}", affect.valence, affect.arousal, shares.collect::<String>())
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Opinion<'m> {
    pub(super) labels: Labels<'m>,
    pub(super) posteriors: [u16; MAX_LABELS],
    pub(super) sample: u64,
}

impl<'m> Opinion<'m> {
    /// The most likely label's index among the model's; of equals, the first.
    #[must_use]
    pub fn class(&self) -> usize {
        let ranked = (0..self.labels.len()).zip(self.posteriors);
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(0, |(class, _)| class)
    }

    /// The most likely label.
    #[must_use]
    pub fn label(&self) -> &'m str {
        self.labels.get(self.class()).unwrap_or_default()
    }

    /// The emotion that it names, if it names one.
    #[must_use]
    pub fn emotion(&self) -> Option<Emotion> {
        Emotion::from_label(self.label())
    }

    /// The probability of the label, 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        f32::from(self.posterior(self.class())) / 32_768.0
    }

    /// Every label with its probability, in the model's order.
    pub fn probabilities(&self) -> impl Iterator<Item = (&'m str, f32)> + use<'m> {
        self.labels.iter().zip(self.posteriors.map(|posterior| f32::from(posterior) / 32_768.0))
    }

    /// Valence and arousal.
    #[must_use]
    pub fn affect(&self) -> Affect {
        let emotions = self.labels.iter().map(Emotion::from_label);
        Affect::mean(emotions.zip(self.posteriors))
    }

    /// Up to where it has heard.
    #[must_use]
    pub const fn sample(&self) -> u64 {
        self.sample
    }

    /// In steps of 2^-15.
    pub(super) fn posterior(&self, class: usize) -> u16 {
        self.posteriors.get(class).copied().unwrap_or(0)
    }
}

impl core::fmt::Debug for Opinion<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Opinion")
            .field("label", &self.label())
            .field("confidence", &self.confidence())
            .field("sample", &self.sample)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Opinion<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} ({=f32})", self.label(), self.confidence());
    }
}
