use engine::listen::{Affect, Event, Opinion, Verdict};
use serde::Serialize;

use crate::evaluate::by_label;

/// An event as a line of JSON; times are seconds since the stream began.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Happening {
    /// Somebody speaks.
    Began {
        /// Since when.
        t: f64,
    },
    /// The utterance so far has an emotion, or another than before.
    Announced {
        /// Up to where it was heard.
        t: f64,
        #[serde(flatten)]
        said: Said,
    },
    /// An utterance or another sound is over.
    Ended {
        /// Where it ended.
        t: f64,
        /// Where it began.
        start: f64,
        /// `emotion`, `unsure` or `not_speech`.
        verdict: &'static str,
        /// None of what is not speech.
        #[serde(flatten)]
        said: Option<Said>,
    },
}

/// How likely each label is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Said {
    /// The most likely label.
    pub(crate) emotion: String,
    /// Its probability, 0 to 1.
    pub(crate) confidence: f32,
    #[serde(serialize_with = "by_label")]
    pub(crate) probabilities: Vec<(String, f32)>,
    /// From unpleasant to pleasant, -1 to 1.
    pub(crate) valence: f32,
    /// From sleepy to excited, -1 to 1.
    pub(crate) arousal: f32,
}

impl Happening {
    /// Of a stream of this sample rate in Hz.
    pub(crate) fn of(event: Event<'_>, sample_rate: u32) -> Self {
        let seconds = |sample: u64| sample as f64 / f64::from(sample_rate);
        match event {
            Event::Began { sample } => Self::Began { t: seconds(sample) },
            Event::Announced(opinion) => {
                Self::Announced { t: seconds(opinion.sample()), said: opinion.into() }
            }
            Event::Ended { start, end, verdict } => {
                let (verdict, opinion) = match verdict {
                    Verdict::Emotion(opinion) => ("emotion", Some(opinion)),
                    Verdict::Unsure(opinion) => ("unsure", Some(opinion)),
                    Verdict::NotSpeech => ("not_speech", None),
                };
                let said = opinion.map(Said::from);
                Self::Ended { t: seconds(end), start: seconds(start), verdict, said }
            }
        }
    }

    /// A line for people.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Began { t } => format!("{t:9.2} s  somebody speaks"),
            Self::Announced { t, said } => format!("{t:9.2} s  {}", said.text()),
            Self::Ended { t, start, verdict, said } => {
                let length = t - start;
                let what = match (*verdict, said) {
                    ("emotion", Some(said)) => said.text(),
                    (_, Some(said)) => format!("unsure ({})", said.text()),
                    (_, None) => "not speech".to_owned(),
                };
                format!("{t:9.2} s  over after {length:.1} s: {what}")
            }
        }
    }
}

impl Said {
    /// The label and its probability.
    pub(crate) fn text(&self) -> String {
        format!("{} {:.0} %", self.emotion, 100.0 * self.confidence)
    }
}

impl From<Opinion<'_>> for Said {
    fn from(opinion: Opinion<'_>) -> Self {
        let Affect { valence, arousal } = opinion.affect();
        let [valence, arousal] = [valence, arousal].map(|value| f32::from(value) / 1000.0);
        Self {
            emotion: opinion.label().to_owned(),
            confidence: opinion.confidence(),
            probabilities: opinion.probabilities().map(|(label, share)| (label.to_owned(), share)).collect(),
            valence,
            arousal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Said {
        Said {
            emotion: "happy".to_owned(),
            confidence: 0.75,
            probabilities: vec![("sad".to_owned(), 0.25), ("happy".to_owned(), 0.75)],
            valence: 0.5,
            arousal: -0.25,
        }
    }

    #[test]
    fn an_event_is_a_line() {
        let ended = |verdict, said| Happening::Ended { t: 12.5, start: 10.0, verdict, said };
        let probabilities = r#""probabilities":{"sad":0.25,"happy":0.75},"valence":0.5,"arousal":-0.25}"#;
        for (happening, text, json) in [
            (
                Happening::of(Event::Began { sample: 24_000 }, 16_000),
                "     1.50 s  somebody speaks",
                r#"{"event":"began","t":1.5}"#.to_owned(),
            ),
            (
                Happening::Announced { t: 11.0, said: said() },
                "    11.00 s  happy 75 %",
                format!(
                    r#"{{"event":"announced","t":11.0,"emotion":"happy","confidence":0.75,{probabilities}"#
                ),
            ),
            (
                ended("unsure", Some(said())),
                "    12.50 s  over after 2.5 s: unsure (happy 75 %)",
                format!(
                    r#"{{"event":"ended","t":12.5,"start":10.0,"verdict":"unsure","emotion":"happy","confidence":0.75,{probabilities}"#
                ),
            ),
            (
                ended("not_speech", None),
                "    12.50 s  over after 2.5 s: not speech",
                r#"{"event":"ended","t":12.5,"start":10.0,"verdict":"not_speech"}"#.to_owned(),
            ),
        ] {
            assert_eq!((happening.text().as_str(), serde_json::to_string(&happening).unwrap()), (text, json));
        }
    }
}
