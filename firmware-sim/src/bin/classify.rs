//! The whole engine over a recording: samples in, the emotion out as JSON.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::blob::MAX_LABELS;
use engine::{Classification, Classifier};
use firmware_sim::hear::{Error, each_block, open_at};
use firmware_sim::host;
use firmware_sim::model::{ARENA_BYTES, MODEL, SAMPLE_RATE};
use firmware_sim::stack;
use heapless::Vec;
use serde::Serialize;

#[entry]
fn main() -> ! {
    static mut CLASSIFIER: Classifier<'static, ARENA_BYTES> = Classifier::new();
    host::exit(classify(CLASSIFIER))
}

fn classify(classifier: &mut Classifier<'static, ARENA_BYTES>) -> Result<(), Error> {
    classifier.load(MODEL)?;
    each_block::<256>(open_at(SAMPLE_RATE)?, |samples| Ok(classifier.push(samples, |_| ())?))?;
    let answer = classifier.finish()?;
    defmt::info!("{}", answer);
    Ok(host::write_result::<512>(&Outcome::new(&answer))?)
}

/// `result.json`.
#[derive(Serialize)]
struct Outcome {
    /// The index of the label.
    class: usize,
    /// In steps of 1/256, as the engine computes them.
    probabilities: Vec<u16, MAX_LABELS>,
    scores: Vec<i8, MAX_LABELS>,
    stack_bytes: usize,
}

impl Outcome {
    fn new(answer: &Classification<'_>) -> Self {
        Self {
            class: answer.class(),
            probabilities: answer
                .probabilities()
                .map(|(_, probability)| (probability * 256.0) as u16)
                .collect(),
            scores: answer.scores().iter().copied().collect(),
            stack_bytes: stack::deepest_bytes(),
        }
    }
}
