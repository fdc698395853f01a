//! The whole engine over a long recording that goes on: a line of JSON for each answer.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use defmt::{Format, Formatter};
use engine::blob::MAX_LABELS;
use engine::{Classification, Classifier, LoadError, NotReady};
use firmware_sim::host::{self, HostError, Lines, Recording};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::wav::{WavError, WavReader};
use heapless::Vec;
use serde::Serialize;

/// Samples that are read and pushed at once, as if from a microphone's DMA buffer.
const BLOCK: usize = 256;

#[entry]
fn main() -> ! {
    static mut CLASSIFIER: Classifier<'static, ARENA_BYTES> = Classifier::new();
    host::exit(stream(CLASSIFIER))
}

fn stream(classifier: &mut Classifier<'static, ARENA_BYTES>) -> Result<(), Error> {
    classifier.load(MODEL).map_err(Error::Model)?;
    let mut recording = WavReader::new(Recording::open().map_err(Error::Host)?)?;
    let expected = classifier.model().map_or(0, |model| model.front_end().sample_rate);
    if recording.sample_rate() != expected {
        return Err(Error::SampleRate { found: recording.sample_rate(), expected });
    }
    let mut lines = Lines::create().map_err(Error::Host)?;
    let mut block = [0; BLOCK];
    loop {
        let samples = recording.read(&mut block)?;
        if samples.is_empty() {
            return Ok(());
        }
        let mut written = Ok(());
        classifier.push(samples, |answer| {
            let line = lines.write::<512>(&Answer::new(&answer));
            written = core::mem::replace(&mut written, Ok(())).and(line);
        })?;
        written.map_err(Error::Host)?;
    }
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

enum Error {
    Model(LoadError),
    Wav(WavError<HostError>),
    SampleRate { found: u32, expected: u32 },
    NotReady(NotReady),
    Host(HostError),
}

impl From<WavError<HostError>> for Error {
    fn from(error: WavError<HostError>) -> Self {
        Self::Wav(error)
    }
}

impl From<NotReady> for Error {
    fn from(error: NotReady) -> Self {
        Self::NotReady(error)
    }
}

impl Format for Error {
    fn format(&self, f: Formatter<'_>) {
        match self {
            Self::Model(error) => error.format(f),
            Self::Wav(error) => error.format(f),
            Self::SampleRate { found, expected } => {
                defmt::write!(f, "the recording has {} Hz, the model hears {} Hz", found, expected);
            }
            Self::NotReady(error) => error.format(f),
            Self::Host(error) => error.format(f),
        }
    }
}
