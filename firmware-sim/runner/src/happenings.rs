use anyhow::{Context, ensure};
use firmware_sim::microphone;
use host_trainer::listen::{Happening, Said, Shares, Verdict};
use serde::Deserialize;

use crate::device::Device;

/// An event as a line of `result.json`.
#[derive(Deserialize)]
struct Line {
    event: String,
    start: u64,
    sample: u64,
    said: Option<Opinion>,
}

#[derive(Deserialize)]
struct Opinion {
    /// In steps of 2^-15.
    posteriors: Vec<u16>,
    valence: i16,
    arousal: i16,
}

impl Device {
    /// Whether the firmware hears a microphone's rate in Hz.
    ///
    /// # Errors
    /// It does not.
    pub(crate) fn ensure_hears(&self, rate: u32) -> anyhow::Result<()> {
        let (of_model, other) = (self.sample_rate, microphone::sample_rate(self.sample_rate));
        ensure!(
            [of_model, other].contains(&rate),
            "the firmware hears {of_model} and {other} Hz, not {rate}"
        );
        Ok(())
    }

    /// The events of a microphone's rate in Hz that the firmware has written, one a line.
    ///
    /// # Errors
    /// A line that is none.
    pub(crate) fn happenings(&self, lines: &str, rate: u32) -> anyhow::Result<Vec<Happening>> {
        let broken = "the firmware's result is broken";
        let happening = |line| {
            let line: Line = serde_json::from_str(line).context(broken)?;
            self.happening(line, rate).context(broken)
        };
        lines.lines().map(happening).collect()
    }

    /// None of an event that there is not.
    fn happening(&self, line: Line, rate: u32) -> Option<Happening> {
        let Line { event, start, sample, said } = line;
        let [t, start] = [sample, start].map(|sample| sample as f64 / f64::from(rate));
        let said = said.map(|opinion| self.said(opinion)).unwrap_or_default();
        Some(match event.as_str() {
            "began" => Happening::Speech { t, said },
            "announced" => Happening::Emotion { t, said },
            "emotion" => Happening::Silence { t, start, verdict: Verdict::Emotion, said },
            "unsure" => Happening::Silence { t, start, verdict: Verdict::Unsure, said: said.unsure() },
            "not_speech" => Happening::Silence { t, start, verdict: Verdict::NotSpeech, said },
            _ => return None,
        })
    }

    fn said(&self, opinion: Opinion) -> Said {
        let Opinion { posteriors, valence, arousal } = opinion;
        let share = |posterior: u16| f32::from(posterior) / 32_768.0;
        // Of equals the first, as the engine has it.
        let likeliest = posteriors.iter().enumerate().rev().max_by_key(|(_, posterior)| **posterior);
        let [valence, arousal] = [valence, arousal].map(|value| f32::from(value) / 1000.0);
        let probabilities = self.labels.iter().cloned().zip(posteriors.iter().map(|&p| share(p))).collect();
        Said {
            emotion: likeliest.and_then(|(class, _)| self.labels.get(class)).cloned(),
            confidence: likeliest.map(|(_, &posterior)| share(posterior)),
            shares: Some(Shares { probabilities, valence, arousal }),
        }
    }
}
