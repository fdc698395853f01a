//! The whole engine over a long recording that goes on: a line of JSON for each answer.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::Classification;
use engine::blob::MAX_LABELS;
use firmware_sim::host::{self, Lines};
use firmware_sim::listen::{Error, Listener, hear_recording};
use heapless::Vec;
use serde::Serialize;

#[entry]
fn main() -> ! {
    static mut LISTENER: Listener = Listener::new();
    host::exit(stream(LISTENER))
}

fn stream(listener: &mut Listener) -> Result<(), Error> {
    let mut lines = Lines::create()?;
    hear_recording(listener, |listener, samples| {
        let mut written = Ok(());
        listener.push(samples, |answer| {
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
