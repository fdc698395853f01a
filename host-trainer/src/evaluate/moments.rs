use std::collections::VecDeque;

use engine::blob::FrontEndParams;
use engine::{Classification, NotReady, Session};
use serde::Serialize;

use super::begun::begun;
use super::{Prediction, Scorer};
use crate::features::{self, FrameStream};

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

/// What a model says of a recording that it listens to from start to end: its latest answer every so many seconds, as
/// soon as there is one, and at the end. It takes the same memory however long the recording is.
///
/// An error of the recording comes last, behind the answers to what came before it.
pub struct Moments<'m, I> {
    blocks: I,
    /// Samples per second, and between answers.
    sample_rate: f64,
    step: usize,
    session: Box<Session<'m>>,
    arena: Vec<i8>,
    speech: Option<SpeechTrack<'m>>,
    /// Samples so far, and those at the answer before.
    heard: usize,
    since: usize,
    /// Answers of which it is not known yet whether there was speech.
    waiting: VecDeque<WaitingAnswer>,
    is_over: bool,
    fault: Option<anyhow::Error>,
}

/// An answer to the samples between two positions, and all before.
struct WaitingAnswer {
    start: usize,
    end: usize,
    prediction: Prediction,
}

impl<'m> Scorer<'m> {
    /// Lets the model listen to a recording, given in blocks of any length at the model's sample rate, and answer every
    /// so many seconds.
    pub fn listen<I>(&self, blocks: I, every: f64) -> Moments<'m, I::IntoIter>
    where
        I: IntoIterator<Item = anyhow::Result<Vec<i16>>>,
    {
        let (session, arena) = begun(self.model());
        let sample_rate = f64::from(self.sample_rate());
        Moments {
            blocks: blocks.into_iter(),
            sample_rate,
            step: ((every * sample_rate).round() as usize).max(1),
            session,
            arena,
            speech: SpeechTrack::new(self.model().front_end()),
            heard: 0,
            since: 0,
            waiting: VecDeque::new(),
            is_over: false,
            fault: None,
        }
    }
}

impl<I: Iterator<Item = anyhow::Result<Vec<i16>>>> Iterator for Moments<'_, I> {
    type Item = anyhow::Result<Moment>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(moment) = self.next_ready() {
                return Some(Ok(moment));
            }
            if self.is_over {
                return self.fault.take().map(Err);
            }
            match self.blocks.next() {
                Some(Ok(block)) => self.hear(&block),
                Some(Err(error)) => self.fault = Some(error),
                None => self.finish(),
            }
            self.is_over |= self.fault.is_some();
            if self.is_over {
                self.speech.iter_mut().for_each(SpeechTrack::end);
            }
        }
    }
}

impl<'m, I> Moments<'m, I> {
    fn hear(&mut self, mut samples: &[i16]) {
        if let Some(speech) = &mut self.speech {
            speech.push(samples);
        }
        while !samples.is_empty() {
            // Only now is it known that the answer here is not the last.
            if self.heard > 0 && self.heard.is_multiple_of(self.step) {
                self.note(self.session.latest());
            }
            let missing = self.step - self.heard % self.step;
            let (next, rest) = samples.split_at(missing.min(samples.len()));
            self.session.push(next, &mut self.arena, |_| ()).expect("there is a model");
            self.heard += next.len();
            samples = rest;
        }
    }

    fn finish(&mut self) {
        if self.heard > 0 {
            let answer = self.session.finish(&mut self.arena);
            self.note(answer);
        }
        self.is_over = true;
    }

    fn note(&mut self, answer: Result<Classification<'m>, NotReady>) {
        let Ok(answer) = answer else { return };
        self.waiting.push_back(WaitingAnswer {
            start: self.since,
            end: self.heard,
            prediction: answer.into(),
        });
        self.since = self.heard;
    }

    fn next_ready(&mut self) -> Option<Moment> {
        let &WaitingAnswer { start, end, .. } = self.waiting.front()?;
        let speech = match &mut self.speech {
            Some(speech) => Some(speech.between(start, end)?),
            None => None,
        };
        let WaitingAnswer { prediction, .. } = self.waiting.pop_front()?;
        Some(Moment { t: end as f64 / self.sample_rate, speech, prediction })
    }
}

/// Where a recording has speech.
struct SpeechTrack<'m> {
    hop: usize,
    stream: FrameStream,
    speech: features::Speech<'m>,
    /// Whether frames are speech: those that are known already and may still be asked for, and how many came before
    /// them.
    frames: VecDeque<bool>,
    before: usize,
    is_over: bool,
}

impl<'m> SpeechTrack<'m> {
    fn new(params: &FrontEndParams<'m>) -> Option<Self> {
        Some(Self {
            hop: params.hop_length.into(),
            stream: FrameStream::new(params),
            speech: features::Speech::new(params)?,
            frames: VecDeque::new(),
            before: 0,
            is_over: false,
        })
    }

    fn push(&mut self, samples: &[i16]) {
        let Self { stream, speech, frames, .. } = self;
        stream.push(samples, |frame| speech.push(frame, |is_speech| frames.push_back(is_speech)));
    }

    fn end(&mut self) {
        let Self { stream, speech, frames, .. } = self;
        stream.end(|frame| speech.push(frame, |is_speech| frames.push_back(is_speech)));
        speech.end(|is_speech| frames.push_back(is_speech));
        self.is_over = true;
    }

    /// Whether there is speech between two samples, if that is known already. Must be asked in the order of time.
    fn between(&mut self, start: usize, end: usize) -> Option<bool> {
        let (start, end) = (start / self.hop, end.div_ceil(self.hop));
        if !self.is_over && self.before + self.frames.len() < end {
            return None;
        }
        let gone = (start - self.before).min(self.frames.len());
        self.frames.drain(..gone);
        self.before += gone;
        Some(self.frames.iter().take(end - start).any(|&is_speech| is_speech))
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
        let listen = |every| -> Vec<Moment> {
            scorer.listen([Ok(samples.clone())], every).map(Result::unwrap).collect()
        };
        let moments = listen(0.5);
        let times: Vec<f64> = moments.iter().map(|moment| moment.t).collect();
        assert!(
            times.windows(2).take(times.len() - 2).all(|pair| (pair[1] - pair[0] - 0.5).abs() < 1e-9),
            "{times:?}"
        );
        assert!((times[times.len() - 1] - 10.2).abs() < 1e-9);
        let speech = |t: f64| moments.iter().find(|moment| (moment.t - t).abs() < 1e-9).unwrap().speech;
        // The tone lies within the seconds before the first answer, and in every stretch of it, however short.
        let often = listen(0.01);
        let within = |moment: &&Moment| moment.t > 5.0 && moment.t < 5.9;
        assert!(often.iter().filter(within).count() > 50);
        assert!(often.iter().filter(within).all(|moment| moment.speech == Some(true)));
        assert_eq!([5.0, 5.5, 9.0].map(speech), [Some(true), Some(true), Some(false)]);
    }
    /// Portions of a third of a second and of a sample; an error comes behind what was answered before it.
    #[test]
    fn answers_do_not_depend_on_the_portions_and_come_before_an_error() {
        let scorer = Scorer::new(SHIPPED_MODEL).unwrap();
        let samples: Vec<i16> = (0..130_000i64).map(|n| (n * n % 30_011 - 15_000) as i16).collect();
        let whole: Vec<Moment> = scorer.listen([Ok(samples.clone())], 0.25).map(Result::unwrap).collect();
        let third = || samples.chunks(7350).map(|portion| Ok(portion.to_vec()));
        let portions: Vec<Moment> = scorer.listen(third(), 0.25).map(Result::unwrap).collect();
        assert_eq!(portions, whole);
        let single = || samples.chunks(1).map(|portion| Ok(portion.to_vec()));
        assert!(scorer.listen(single(), 0.25).map(Result::unwrap).eq(whole.iter().cloned()));

        let faulty = third().chain([Err(anyhow::anyhow!("cut"))]);
        let mut answers: Vec<anyhow::Result<Moment>> = scorer.listen(faulty, 0.25).collect();
        assert_eq!(answers.pop().unwrap().unwrap_err().to_string(), "cut");
        // All but the last, for which the recording would have to be over.
        let answers: Vec<Moment> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            answers.iter().map(|moment| moment.t).collect::<Vec<_>>(),
            whole[..whole.len() - 1].iter().map(|moment| moment.t).collect::<Vec<_>>()
        );
    }
}
