//! The whole engine over a long recording that goes on: a line of JSON for each answer.
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
    let mut lines = Lines::create()?;
    each_block::<256>(open_at(SAMPLE_RATE)?, |samples| {
        let mut written = Ok(());
        classifier.push(samples, |answer| {
            let line = lines.write::<512>(&Answer::new(&answer));
            written = core::mem::replace(&mut written, Ok(())).and(line);
        })?;
        Ok(written?)
    })
}

/// A line of `result.json`.
#[derive(Serialize)]
struct Answer {
    /// The sample on which the latest frame is centred.
    sample: u64,
    /// The index of the label.
    class: usize,
    /// In steps of 1/256.
    confidence: u16,
    scores: Vec<i8, MAX_LABELS>,
}

impl Answer {
    fn new(answer: &Classification<'_>) -> Self {
        Self {
            sample: answer.sample(),
            class: answer.class(),
            confidence: (answer.confidence() * 256.0) as u16,
            scores: answer.scores().iter().copied().collect(),
        }
    }
}
