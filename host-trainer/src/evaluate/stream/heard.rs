use std::ops::Range;

use anyhow::Context;
use engine::Model;
use engine::listen::{DecisionSettings, Event, Listener, Opinion, Settings, Verdict};

use crate::evaluate::begun::begun;

/// A listener with memory for any model: more than those that a microcontroller holds need.
pub type HostListener<'m> = Listener<'m, { 512 * 1024 }>;

/// Samples that a listener gets at once, as from a DMA buffer.
const BUFFER: usize = 512;

/// Somebody who spoke, as the listener has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heard {
    /// From where to where.
    pub(super) samples: Range<usize>,
    /// The most likely label at the end, with its probability.
    pub(super) class: usize,
    pub(super) confidence: f32,
    /// Whether it was sure at the end.
    pub(super) is_sure: bool,
    /// When it announced something first.
    pub(super) announced: Option<usize>,
    /// When it was done.
    pub(super) done: usize,
}

/// Lets a listener with the default settings hear a stream.
pub(super) fn listen(blob: &[u8], samples: &[i16]) -> anyhow::Result<Vec<Heard>> {
    let mut listener = Box::new(HostListener::new());
    listener.load(blob, &Settings::DEFAULT).context("cannot listen by this model")?;
    let (mut heard, mut announced, mut now) = (Vec::new(), None, 0);
    let mut note = |event: Event<'_>, now: usize| match event {
        Event::Began { .. } => announced = None,
        Event::Announced(_) => announced = announced.or(Some(now)),
        Event::Ended { start, end, verdict } => {
            let said = |opinion: Opinion<'_>, is_sure| Heard {
                samples: start as usize..end as usize,
                class: opinion.class(),
                confidence: opinion.confidence(),
                is_sure,
                announced,
                done: now,
            };
            match verdict {
                Verdict::Emotion(opinion) => heard.push(said(opinion, true)),
                Verdict::Unsure(opinion) => heard.push(said(opinion, false)),
                Verdict::NotSpeech => {}
            }
        }
    };
    for buffer in samples.chunks(BUFFER) {
        now += buffer.len();
        listener.push(buffer, |event| note(event, now))?;
    }
    listener.flush(|event| note(event, now))?;
    Ok(heard)
}

/// Whether an utterance of so many samples is long enough to be announced.
pub(super) fn is_long_enough(samples: usize, rate: u32) -> bool {
    samples as f64 / f64::from(rate) >= f64::from(DecisionSettings::DEFAULT.shortest) / 1000.0
}

/// A network's answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimedClass {
    pub(super) class: usize,
    /// The sample of the latest frame that it is made from.
    pub(super) made_from: usize,
}

/// All answers of the network by itself, that never sleeps, to a stream.
pub(super) fn answers(model: &Model<'_>, samples: &[i16]) -> Vec<TimedClass> {
    let (mut session, mut arena) = begun(model);
    let mut answers = Vec::new();
    let note = |answer: engine::Classification<'_>| {
        answers.push(TimedClass { class: answer.class(), made_from: answer.sample() as usize });
    };
    session.push(samples, &mut arena, note).expect("there is a model");
    answers
}
