use crate::blob::{Labels, MAX_LABELS};
use crate::listen::Affect;
use crate::logit_offsets::LogitOffsets;
use crate::{Emotion, Model};

/// What a model made of what it has heard: a value of its own, which can be kept, copied and sent.
/// ```
/// use prosodia::{Classification, Classifier, Emotion, arena_bytes, include_model};
///
/// /// The two likeliest labels, and what the first of them means.
/// fn describe(answer: &Classification<'_>) -> String {
///     let mut ranked: Vec<(&str, f32)> = answer.probabilities().collect();
///     ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
///     let advice = match answer.emotion() {
///         Some(Emotion::Angry) => "pass the call on",
///         Some(_) => "go on",
///         None => "no emotion has that name",
///     };
///     format!("{} {:.2}, {} {:.2}: {advice}", ranked[0].0, ranked[0].1, ranked[1].0, ranked[1].1)
/// }
///
/// const MODEL: &[u8] = include_model!("../tests/data/loud.postcard");
/// let mut classifier = Classifier::<{ arena_bytes(MODEL) }>::new();
/// classifier.load(MODEL)?;
/// classifier.push(&[0; 1000], |_| ())?;
/// let answer = classifier.latest()?;
/// assert_eq!(answer.label(), "quiet");
/// assert_eq!((answer.class(), answer.scores().len()), (1, 2));
/// assert_eq!(answer.confidence(), answer.probabilities().nth(1).unwrap().1);
/// assert_eq!(answer.sample(), 2 * 256); // the third frame is centred there
/// assert!(describe(&answer).starts_with("quiet"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Classification<'m> {
    labels: Labels<'m>,
    scores: [i8; MAX_LABELS],
    probabilities: [i8; MAX_LABELS],
    sample: u64,
}

impl<'m> Classification<'m> {
    /// The latest answer in a model's state memory, less what is usual for the voice.
    pub(crate) fn read(model: &Model<'m>, state: &[i8], offsets: &LogitOffsets, sample: u64) -> Self {
        let mut classification = Self {
            labels: model.labels(),
            scores: [i8::MIN; MAX_LABELS],
            probabilities: [i8::MIN; MAX_LABELS],
            sample,
        };
        let values = model.runnable().scores(state).iter().zip(model.runnable().answer(state));
        let places = classification.scores.iter_mut().zip(&mut classification.probabilities);
        for ((score, probability), (&s, &p)) in places.zip(values) {
            (*score, *probability) = (s, p);
        }
        if offsets.are_known() {
            let count = model.labels().len();
            let places =
                (classification.scores.get_mut(..count), classification.probabilities.get_mut(..count));
            if let (Some(scores), Some(probabilities)) = places {
                offsets.take_off(scores);
                model.runnable().closing_softmax(scores, probabilities);
            }
        }
        classification
    }

    /// The label of the highest score; of equals, the first.
    #[must_use]
    pub fn label(&self) -> &'m str {
        self.labels.get(self.class()).unwrap_or_default()
    }

    /// Its index among the model's labels.
    #[must_use]
    pub fn class(&self) -> usize {
        let ranked = (0..MAX_LABELS).zip(self.scores());
        let best = ranked.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(0, |(class, _)| class)
    }

    /// The emotion that the label names, if it names one.
    #[must_use]
    pub fn emotion(&self) -> Option<Emotion> {
        Emotion::from_label(self.label())
    }

    /// The probability of the label, 0 to 1.
    #[must_use]
    pub fn confidence(&self) -> f32 {
        self.probabilities().nth(self.class()).map_or(0.0, |(_, probability)| probability)
    }

    /// Every label with its probability, in the model's order, in steps of 1/256.
    pub fn probabilities(&self) -> impl Iterator<Item = (&'m str, f32)> + use<'m> {
        let probabilities = self.probabilities.into_iter().map(|q| (f32::from(q) + 128.0) / 256.0);
        self.labels.iter().zip(probabilities)
    }

    /// Valence and arousal.
    #[must_use]
    pub fn affect(&self) -> Affect {
        let weights = self.probabilities.map(|q| u16::from(q.wrapping_sub(i8::MIN).cast_unsigned()) << 7);
        Affect::mean(self.labels.iter().map(Emotion::from_label).zip(weights))
    }

    /// The probabilities as the model gives them: `(q + 128) / 256`, in the order of the labels.
    pub(crate) fn quantised_probabilities(&self) -> &[i8] {
        self.probabilities.get(..self.labels.len()).unwrap_or_default()
    }

    /// The int8 logits, in the order of the labels. Their differences alone matter. Once a voice is known its
    /// [offsets](crate::Voice::offsets) are taken off them, and the largest is moved to 127.
    #[must_use]
    pub fn scores(&self) -> &[i8] {
        self.scores.get(..self.labels.len()).unwrap_or_default()
    }

    /// The sample of the recording, counted from 0, on which the latest frame is centred that the answer is made from.
    #[must_use]
    pub const fn sample(&self) -> u64 {
        self.sample
    }
}

impl core::fmt::Debug for Classification<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Classification")
            .field("label", &self.label())
            .field("confidence", &self.confidence())
            .field("scores", &self.scores())
            .field("sample", &self.sample)
            .finish()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Classification<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=str} ({=f32})", self.label(), self.confidence());
    }
}
