use serde::Serialize;

use super::scorer::begun;
use super::{Prediction, Scorer};
use crate::features;

/// An answer of a model that listens to a long recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moment {
    /// Seconds that were heard until then.
    pub t: f64,
    /// Whether there was speech since the answer before, by the level that speech has reached; unknown for a model that
    /// has no running reference.
    pub speech: Option<bool>,
    /// What the model says.
    #[serde(flatten)]
    pub prediction: Prediction,
}

impl Scorer<'_> {
    /// Lets the model listen to a recording from start to end: its latest answer every so many seconds, as soon as
    /// there is one, and at the end.
    ///
    /// # Panics
    /// Never for a model that the engine has accepted.
    #[must_use]
    pub fn listen(&self, samples: &[i16], every: f64) -> Vec<Moment> {
        let (mut session, mut arena) = begun(self.model());
        let speech = Speech::of(self, samples);
        let step = ((every * f64::from(self.sample_rate())).round() as usize).max(1);
        let (mut moments, mut heard, mut since) = (Vec::new(), 0, 0);
        for stretch in samples.chunks(step) {
            session.push(stretch, &mut arena, |_| ()).expect("there is a model");
            heard += stretch.len();
            let answer = if heard == samples.len() { session.finish(&mut arena) } else { session.latest() };
            let Ok(answer) = answer else { continue };
            moments.push(Moment {
                t: heard as f64 / f64::from(self.sample_rate()),
                speech: speech.between(since, heard),
                prediction: answer.into(),
            });
            since = heard;
        }
        moments
    }
}

/// Where a recording has speech.
struct Speech {
    hop: usize,
    frames: Option<Vec<bool>>,
}

impl Speech {
    fn of(scorer: &Scorer<'_>, samples: &[i16]) -> Self {
        let params = scorer.model().front_end();
        Self { hop: params.hop_length.into(), frames: features::speech(params, samples) }
    }

    fn between(&self, start: usize, end: usize) -> Option<bool> {
        let frames = self.frames.as_deref()?;
        let stretch = frames.get(start / self.hop..end.div_ceil(self.hop).min(frames.len()));
        Some(stretch.is_some_and(|stretch| stretch.contains(&true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SHIPPED_MODEL;

    /// Two seconds of a tone in ten seconds of silence.
    #[test]
    fn there_is_an_answer_every_so_many_seconds_and_at_the_end() {
        let scorer = Scorer::new(SHIPPED_MODEL).unwrap();
        let second = scorer.sample_rate() as usize;
        let tone = |n: usize| {
            if n / second == 4 || n / second == 5 { (8000.0 * (0.1 * n as f64).sin()) as i16 } else { 0 }
        };
        let samples: Vec<i16> = (0..10 * second + second / 5).map(tone).collect();
        let moments = scorer.listen(&samples, 0.5);
        let times: Vec<f64> = moments.iter().map(|moment| moment.t).collect();
        assert!(
            times.windows(2).take(times.len() - 2).all(|pair| (pair[1] - pair[0] - 0.5).abs() < 1e-9),
            "{times:?}"
        );
        assert!((times[times.len() - 1] - 10.2).abs() < 1e-9);
        let speech = |t: f64| moments.iter().find(|moment| (moment.t - t).abs() < 1e-9).unwrap().speech;
        // The tone lies within the seconds before the first answer, and in every stretch of it, however short.
        let often = scorer.listen(&samples, 0.01);
        let within = |moment: &&Moment| moment.t > 5.0 && moment.t < 5.9;
        assert!(often.iter().filter(within).count() > 50);
        assert!(often.iter().filter(within).all(|moment| moment.speech == Some(true)));
        assert_eq!([5.0, 5.5, 9.0].map(speech), [Some(true), Some(true), Some(false)]);
    }
}
