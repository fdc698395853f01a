use engine::listen::{self, Verdict};

use crate::Opinion;

/// What became due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum EventKind {
    /// Somebody speaks.
    Began = 1,
    /// The utterance so far has an emotion, or another than was announced.
    Announced = 2,
    /// An utterance is over, and this is its emotion.
    Emotion = 3,
    /// An utterance is over, but no emotion is likely enough, or it was too short.
    Unsure = 4,
    /// A sound is over, or has been listened to for a second, that was not speech.
    NotSpeech = 5,
}

/// What became due, and when. Samples are those of the microphone, counted from 0 at the first that was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Event {
    /// Where the utterance or sound began.
    pub start: u64,
    /// Up to where it was heard: its end, once it is over.
    pub sample: u64,
    /// What became due.
    pub kind: EventKind,
    /// How likely each label is. Of EMOTION_EVENT_KIND_BEGAN and EMOTION_EVENT_KIND_NOT_SPEECH it says nothing and has
    /// no labels.
    pub opinion: Opinion,
}

impl Event {
    /// An event of the utterance that began at `start`.
    pub(crate) fn new(event: listen::Event<'_>, start: u64) -> Self {
        match event {
            listen::Event::Began { sample } => {
                Self { start: sample, sample, kind: EventKind::Began, opinion: Opinion::NONE }
            }
            listen::Event::Announced(opinion) => {
                let sample = opinion.sample();
                Self { start, sample, kind: EventKind::Announced, opinion: opinion.into() }
            }
            listen::Event::Ended { start, end, verdict } => {
                let (kind, opinion) = match verdict {
                    Verdict::Emotion(opinion) => (EventKind::Emotion, opinion.into()),
                    Verdict::Unsure(opinion) => (EventKind::Unsure, opinion.into()),
                    Verdict::NotSpeech => (EventKind::NotSpeech, Opinion::NONE),
                };
                Self { start, sample: end, kind, opinion }
            }
        }
    }
}
