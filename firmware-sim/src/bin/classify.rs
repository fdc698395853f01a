//! The whole engine over a recording: samples in, the emotion out as JSON.
#![no_std]
#![no_main]

use core::fmt::{self, Display};

use cortex_m_rt::entry;
use engine::{Classification, Classifier, LoadError};
use firmware_sim::host::{self, HostError, Recording};
use firmware_sim::model::{ARENA_BYTES, MODEL};
use firmware_sim::stack;
use firmware_sim::wav::{WavError, WavReader};
use semihosting::io::Write;

/// Samples that are read and pushed at once, as if from a microphone's DMA buffer.
const BLOCK: usize = 256;

#[entry]
fn main() -> ! {
    static mut CLASSIFIER: Classifier<'static, ARENA_BYTES> = Classifier::new();
    host::exit(classify(CLASSIFIER))
}

fn classify(classifier: &mut Classifier<'static, ARENA_BYTES>) -> Result<(), Error> {
    classifier.load(MODEL).map_err(Error::Model)?;
    listen(classifier)?;
    // `finish` has filled the window, so there is a result.
    let result = classifier.classify().ok_or(Error::NoResult)?;
    defmt::info!("{}", result);
    write_result(result).map_err(Error::Host)
}

fn listen(classifier: &mut Classifier<'static, ARENA_BYTES>) -> Result<(), Error> {
    let mut recording = WavReader::new(Recording::open().map_err(Error::Host)?)?;
    let expected = classifier.model().map_or(0, |model| model.body().front_end.sample_rate);
    if recording.sample_rate() != expected {
        return Err(Error::SampleRate { found: recording.sample_rate(), expected });
    }
    let mut block = [0; BLOCK];
    loop {
        let samples = recording.read(&mut block)?;
        if samples.is_empty() {
            classifier.finish();
            return Ok(());
        }
        classifier.push(samples);
    }
}

/// Probabilities go out in steps of 1/256, as the engine computes them.
fn write_result(result: Classification<'_>) -> Result<(), HostError> {
    let mut file = host::create_result()?;
    write!(file, r#"{{"emotion":"{}","probabilities":"#, result.emotion())?;
    host::write_list(&mut file, result.probabilities().map(|(_, probability)| (probability * 256.0) as u32))?;
    write!(file, r#","scores":"#)?;
    host::write_list(&mut file, result.scores())?;
    write!(file, r#","stack_bytes":{}}}"#, stack::deepest_bytes())?;
    Ok(())
}

enum Error {
    Model(LoadError),
    Wav(WavError<HostError>),
    SampleRate { found: u32, expected: u32 },
    NoResult,
    Host(HostError),
}

impl From<WavError<HostError>> for Error {
    fn from(error: WavError<HostError>) -> Self {
        Self::Wav(error)
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(error) => error.fmt(f),
            Self::Wav(error) => error.fmt(f),
            Self::SampleRate { found, expected } => {
                write!(f, "the recording has {found} Hz, the model hears {expected} Hz")
            }
            Self::NoResult => f.write_str("the engine gave no result"),
            Self::Host(error) => error.fmt(f),
        }
    }
}
