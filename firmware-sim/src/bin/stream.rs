//! The whole engine over a long recording that goes on: a line of JSON for each answer, and for that at its end.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::blob::MAX_LABELS;
use engine::{Classification, Classifier};
use firmware_sim::hear::{Error, each_block, open_at};
use firmware_sim::host::{self, Lines};
use firmware_sim::model::{ARENA_BYTES, MODEL, SAMPLE_RATE};
use heapless::Vec;
use serde::Serialize;

#[entry]
fn main() -> ! {
    static mut CLASSIFIER: Classifier<'static, ARENA_BYTES> = Classifier::new();
    host::exit(stream(CLASSIFIER))
}

fn stream(classifier: &mut Classifier<'static, ARENA_BYTES>) -> Result<(), Error> {
    classifier.load(MODEL)?;
    let (mut lines, mut heard) = (Lines::create()?, 0);
    each_block::<256>(open_at(SAMPLE_RATE)?, |samples| {
        heard += samples.len() as u64;
        let mut written = Ok(());
        classifier.push(samples, |answer| {
            let line = lines.write::<512>(&Answer::new(&answer, heard));
            written = core::mem::replace(&mut written, Ok(())).and(line);
        })?;
        Ok(written?)
    })?;
    let last = classifier.finish()?;
    Ok(lines.write::<512>(&Answer::new(&last, heard))?)
}

/// A line of `result.json`.
#[derive(Serialize)]
struct Answer {
    /// The sample on which the latest frame is centred; the recording's end, where silence was added behind it.
    sample: u64,
    /// The index of the label.
    class: usize,
    /// In steps of 1/256.
    confidence: u16,
    scores: Vec<i8, MAX_LABELS>,
}

impl Answer {
    fn new(answer: &Classification<'_>, heard: u64) -> Self {
        Self {
            sample: answer.sample().min(heard),
            class: answer.class(),
            confidence: (answer.confidence() * 256.0) as u16,
            scores: answer.scores().iter().copied().collect(),
        }
    }
}
