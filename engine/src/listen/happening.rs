//! Events in seconds and in words, for hosts: what a terminal, a program or a page is told.

use std::borrow::ToOwned;
use std::format;
use std::string::String;
use std::vec::Vec;

use serde::{Serialize, Serializer};

use super::{Affect, Event, Opinion, decision};

/// An event of a stream; times are seconds since it began. Serialises to a line of `host-trainer listen --json`.
/// ```
/// use prosodia::listen::Event;
/// use prosodia::listen::happening::Happening;
///
/// let happening = Happening::of(Event::Began { sample: 24_000 }, 16_000);
/// assert_eq!(happening.text(), "     1.50 s  somebody speaks");
/// assert_eq!(happening.said().emotion, None); // nothing is known yet
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Happening {
    /// Somebody speaks.
    Speech {
        /// Since when.
        t: f64,
        /// Nothing yet.
        #[serde(flatten)]
        said: Said,
    },
    /// The utterance so far has an emotion, or another than before.
    Emotion {
        /// Up to where it was heard.
        t: f64,
        /// The emotion.
        #[serde(flatten)]
        said: Said,
    },
    /// An utterance or another sound is over.
    Silence {
        /// Since when.
        t: f64,
        /// Where the sound began.
        start: f64,
        /// What it was.
        verdict: Verdict,
        /// The emotion, if it was speech.
        #[serde(flatten)]
        said: Said,
    },
}

/// What a sound was as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub enum Verdict {
    /// Speech with an emotion.
    Emotion,
    /// Speech of which no label is likely enough, or that was too short.
    Unsure,
    /// Something else.
    NotSpeech,
}

/// What is said of the speech.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub struct Said {
    /// The label, or "unsure"; None if nothing can be said yet, or if it is not speech.
    pub emotion: Option<String>,
    /// The probability of the most likely label, 0 to 1.
    pub confidence: Option<f32>,
    /// Of speech that has been answered to.
    #[serde(flatten)]
    pub shares: Option<Shares>,
}

/// How likely each label is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(not(feature = "unstable"), non_exhaustive)]
pub struct Shares {
    /// Every label with its probability, in the model's order.
    #[serde(serialize_with = "by_label")]
    pub probabilities: Vec<(String, f32)>,
    /// From unpleasant to pleasant, -1 to 1.
    pub valence: f32,
    /// From sleepy to excited, -1 to 1.
    pub arousal: f32,
}

/// What is said where no label is likely enough.
const UNSURE: &str = "unsure";

impl Happening {
    /// Of a stream of this sample rate in Hz.
    pub fn of(event: Event<'_>, sample_rate: u32) -> Self {
        let seconds = |sample: u64| sample as f64 / f64::from(sample_rate);
        match event {
            Event::Began { sample } => Self::Speech { t: seconds(sample), said: Said::default() },
            Event::Announced(opinion) => Self::Emotion { t: seconds(opinion.sample()), said: opinion.into() },
            Event::Ended { start, end, verdict } => {
                let (verdict, said) = match verdict {
                    decision::Verdict::Emotion(opinion) => (Verdict::Emotion, opinion.into()),
                    decision::Verdict::Unsure(opinion) => (Verdict::Unsure, Said::from(opinion).unsure()),
                    decision::Verdict::NotSpeech => (Verdict::NotSpeech, Said::default()),
                };
                Self::Silence { t: seconds(end), start: seconds(start), verdict, said }
            }
        }
    }

    /// A line for people.
    pub fn text(&self) -> String {
        match self {
            Self::Speech { t, .. } => format!("{t:9.2} s  somebody speaks"),
            Self::Emotion { t, said } => format!("{t:9.2} s  {}", said.text()),
            Self::Silence { t, start, said, .. } => {
                format!("{t:9.2} s  over after {:.1} s: {}", t - start, said.text())
            }
        }
    }

    /// What it says of the speech.
    pub fn said(&self) -> &Said {
        match self {
            Self::Speech { said, .. } | Self::Emotion { said, .. } | Self::Silence { said, .. } => said,
        }
    }
}

impl Said {
    /// The label and its probability.
    pub fn text(&self) -> String {
        let Some(emotion) = &self.emotion else { return "not speech".to_owned() };
        let most_likely = self.shares.as_ref().and_then(Shares::most_likely);
        match most_likely {
            Some(text) if emotion == UNSURE => format!("unsure ({text})"),
            Some(text) => text,
            None => emotion.clone(),
        }
    }

    /// No label is likely enough.
    #[must_use]
    pub fn unsure(self) -> Self {
        Self { emotion: Some(UNSURE.to_owned()), ..self }
    }
}

impl Shares {
    fn most_likely(&self) -> Option<String> {
        let (label, share) = self.probabilities.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(format!("{label} {:.0} %", 100.0 * share))
    }
}

/// Serialises a value for each label as an object, in their order.
///
/// # Errors
/// Those of the serialiser.
pub fn by_label<S: Serializer>(values: &[(String, f32)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(label, value)| (label, value)))
}

impl From<Opinion<'_>> for Said {
    fn from(opinion: Opinion<'_>) -> Self {
        Self {
            emotion: Some(opinion.label().to_owned()),
            confidence: Some(opinion.confidence()),
            shares: Some(opinion.into()),
        }
    }
}

impl From<Opinion<'_>> for Shares {
    fn from(opinion: Opinion<'_>) -> Self {
        let Affect { valence, arousal } = opinion.affect();
        let [valence, arousal] = [valence, arousal].map(|value| f32::from(value) / 1000.0);
        Self {
            probabilities: opinion.probabilities().map(|(label, share)| (label.to_owned(), share)).collect(),
            valence,
            arousal,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    fn said(emotion: &str) -> Said {
        let probabilities = vec![("sad".to_owned(), 0.25), ("happy".to_owned(), 0.75)];
        Said {
            emotion: Some(emotion.to_owned()),
            confidence: Some(0.75),
            shares: Some(Shares { probabilities, valence: 0.5, arousal: -0.25 }),
        }
    }

    #[test]
    fn an_event_is_a_line() {
        let over = |verdict, said| Happening::Silence { t: 12.5, start: 10.0, verdict, said };
        let shares = r#""probabilities":{"sad":0.25,"happy":0.75},"valence":0.5,"arousal":-0.25}"#;
        for (happening, text, json) in [
            (
                Happening::of(Event::Began { sample: 24_000 }, 16_000),
                "     1.50 s  somebody speaks",
                r#"{"event":"speech","t":1.5,"emotion":null,"confidence":null}"#.to_owned(),
            ),
            (
                Happening::Emotion { t: 11.0, said: said("happy") },
                "    11.00 s  happy 75 %",
                format!(r#"{{"event":"emotion","t":11.0,"emotion":"happy","confidence":0.75,{shares}"#),
            ),
            (
                over(Verdict::Unsure, said(UNSURE)),
                "    12.50 s  over after 2.5 s: unsure (happy 75 %)",
                [
                    r#"{"event":"silence","t":12.5,"start":10.0,"verdict":"unsure","#,
                    r#""emotion":"unsure","confidence":0.75,"#,
                    shares,
                ]
                .concat(),
            ),
            (
                over(Verdict::NotSpeech, Said::default()),
                "    12.50 s  over after 2.5 s: not speech",
                r#"{"event":"silence","t":12.5,"start":10.0,"verdict":"not_speech","emotion":null,"confidence":null}"#
                    .to_owned(),
            ),
        ] {
            assert_eq!((happening.text().as_str(), serde_json::to_string(&happening).unwrap()), (text, json));
        }
    }
}
