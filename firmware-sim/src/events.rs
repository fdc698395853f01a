//! Events as the firmware writes them.

use engine::blob::MAX_LABELS;
use engine::listen::{Event, Opinion, Verdict};
use heapless::Vec;
use serde::Serialize;

use crate::host::{HostError, Lines};

/// An event as a line of `result.json`; samples are the microphone's.
#[derive(Serialize)]
pub struct Line {
    event: &'static str,
    start: u64,
    sample: u64,
    said: Option<Said>,
}

#[derive(Serialize)]
struct Said {
    /// In steps of 2^-15.
    posteriors: Vec<u16, MAX_LABELS>,
    valence: i16,
    arousal: i16,
}

impl Line {
    /// Of an event.
    #[must_use]
    pub fn of(event: Event<'_>) -> Self {
        match event {
            Event::Began { sample } => Self { event: "began", start: sample, sample, said: None },
            Event::Announced(opinion) => Self {
                event: "announced",
                start: 0,
                sample: opinion.sample(),
                said: Some(Said::of(&opinion)),
            },
            Event::Ended { start, end, verdict } => {
                let (event, said) = match verdict {
                    Verdict::Emotion(opinion) => ("emotion", Some(Said::of(&opinion))),
                    Verdict::Unsure(opinion) => ("unsure", Some(Said::of(&opinion))),
                    Verdict::NotSpeech => ("not_speech", None),
                };
                Self { event, start, sample: end, said }
            }
        }
    }
}

impl Said {
    fn of(opinion: &Opinion<'_>) -> Self {
        let affect = opinion.affect();
        Self {
            posteriors: opinion.probabilities().map(|(_, share)| (share * 32_768.0) as u16).collect(),
            valence: affect.valence,
            arousal: affect.arousal,
        }
    }
}

/// Writes a buffer's events, and forgets them.
///
/// # Errors
/// The host's.
pub fn write(lines: &mut Lines, events: &mut Vec<Line, 8>) -> Result<(), HostError> {
    events.iter().try_for_each(|line| lines.write::<512>(line))?;
    events.clear();
    Ok(())
}
