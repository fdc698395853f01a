//! The whole engine over a recording: samples in, the emotion out as JSON.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use engine::Classification;
use engine::blob::MAX_LABELS;
use firmware_sim::host;
use firmware_sim::listen::{Error, Listener, hear_recording};
use firmware_sim::stack;
use heapless::Vec;
use serde::Serialize;

#[entry]
fn main() -> ! {
    static mut LISTENER: Listener = Listener::new();
    host::exit(classify(LISTENER))
}

fn classify(listener: &mut Listener) -> Result<(), Error> {
    hear_recording(listener, |listener, samples| Ok(listener.push(samples, |_| ())?))?;
    let answer = listener.finish()?;
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
