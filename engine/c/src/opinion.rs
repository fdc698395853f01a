use core::ffi::c_char;

use engine::blob::{MAX_LABEL_BYTES, MAX_LABELS};
use engine::{Classification, Model};

use crate::Error;

/// The most labels that a model has.
pub const EMOTION_MAX_LABELS: usize = 32;

/// What a label takes at most, the NUL at its end included.
pub const EMOTION_LABEL_BYTES: usize = 25;

/// The probability that is certainty: probabilities are 0 to this.
pub const EMOTION_CERTAIN: u16 = 32_768;

const _: () = assert!(EMOTION_MAX_LABELS == MAX_LABELS && EMOTION_LABEL_BYTES == MAX_LABEL_BYTES + 1);

/// How likely each of the model's labels is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Opinion {
    /// The most likely label, as text that ends with a NUL: "happy". In UTF-8.
    pub label: [c_char; EMOTION_LABEL_BYTES],
    /// Its index among the model's labels, from 0.
    pub index: u8,
    /// How many labels the model has, 1 to 32; 0 where nothing is said of the speech.
    pub labels: u8,
    /// The probability of the most likely label, 0 to EMOTION_CERTAIN.
    pub confidence: u16,
    /// The probability of each label, in the model's order, 0 to EMOTION_CERTAIN; 0 behind the last.
    pub probabilities: [u16; EMOTION_MAX_LABELS],
    /// From unpleasant, -1000, to pleasant, 1000: the mean of the emotions' places.
    pub valence: i16,
    /// From sleepy, -1000, to excited, 1000.
    pub arousal: i16,
}

/// What a classifier made of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Answer {
    /// The sample of the recording, from 0, on which the latest frame is centred that the answer is made from.
    pub sample: u64,
    /// How likely each label is.
    pub opinion: Opinion,
    /// The network's int8 logits, in the order of the labels; -128 behind the last.
    pub scores: [i8; EMOTION_MAX_LABELS],
}

impl Opinion {
    /// Nothing is said.
    pub(crate) const NONE: Self = Self {
        label: [0; EMOTION_LABEL_BYTES],
        index: 0,
        labels: 0,
        confidence: 0,
        probabilities: [0; EMOTION_MAX_LABELS],
        valence: 0,
        arousal: 0,
    };

    fn new<'m>(class: usize, probabilities: impl Iterator<Item = (&'m str, f32)>) -> Self {
        let mut opinion = Self { index: class as u8, ..Self::NONE };
        for (place, (label, probability)) in opinion.probabilities.iter_mut().zip(probabilities) {
            *place = (probability * f32::from(EMOTION_CERTAIN)) as u16;
            if usize::from(opinion.labels) == class {
                opinion.label = text(label);
                opinion.confidence = *place;
            }
            opinion.labels = opinion.labels.saturating_add(1);
        }
        opinion
    }
}

impl From<engine::listen::Opinion<'_>> for Opinion {
    fn from(opinion: engine::listen::Opinion<'_>) -> Self {
        let affect = opinion.affect();
        let opinion = Self::new(opinion.class(), opinion.probabilities());
        Self { valence: affect.valence, arousal: affect.arousal, ..opinion }
    }
}

impl From<Classification<'_>> for Answer {
    fn from(answer: Classification<'_>) -> Self {
        let affect = answer.affect();
        let opinion = Opinion::new(answer.class(), answer.probabilities());
        let mut scores = [i8::MIN; EMOTION_MAX_LABELS];
        scores.iter_mut().zip(answer.scores()).for_each(|(place, &score)| *place = score);
        let opinion = Opinion { valence: affect.valence, arousal: affect.arousal, ..opinion };
        Self { sample: answer.sample(), opinion, scores }
    }
}

/// The label of an index.
pub(crate) fn label(model: Option<&Model<'_>>, index: usize) -> Result<[c_char; EMOTION_LABEL_BYTES], Error> {
    let model = model.ok_or(Error::NotInitialised)?;
    model.labels().get(index).map(text).ok_or(Error::Label)
}

/// A text that ends with a NUL.
fn text(label: &str) -> [c_char; EMOTION_LABEL_BYTES] {
    let mut text = [0; EMOTION_LABEL_BYTES];
    let places = text.iter_mut().take(MAX_LABEL_BYTES);
    places.zip(label.bytes()).for_each(|(place, byte)| *place = byte as c_char);
    text
}
