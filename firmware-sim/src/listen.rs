//! What the firmware that hears a recording has in common.

use defmt::{Format, Formatter};
use engine::{Classifier, LoadError, NotReady};

use crate::host::{HostError, Recording};
use crate::model::{ARENA_BYTES, MODEL};
use crate::wav::{WavError, WavReader};

/// Samples that are read and pushed at once, as if from a microphone's DMA buffer.
const BLOCK: usize = 256;

/// The classifier of the model that the firmware was built with.
pub type Listener = Classifier<'static, ARENA_BYTES>;

/// Loads the model and gives `hear` the recording, block by block.
///
/// # Errors
/// A model that the engine refuses, a recording that is none or has another sample rate, and those of `hear`.
pub fn hear_recording(
    listener: &mut Listener,
    mut hear: impl FnMut(&mut Listener, &[i16]) -> Result<(), Error>,
) -> Result<(), Error> {
    listener.load(MODEL).map_err(Error::Model)?;
    let mut recording = WavReader::new(Recording::open().map_err(Error::Host)?)?;
    let expected = listener.model().map_or(0, |model| model.front_end().sample_rate);
    if recording.sample_rate() != expected {
        return Err(Error::SampleRate { found: recording.sample_rate(), expected });
    }
    let mut block = [0; BLOCK];
    loop {
        let samples = recording.read(&mut block)?;
        if samples.is_empty() {
            return Ok(());
        }
        hear(listener, samples)?;
    }
}

/// Why nothing was made of a recording.
#[derive(Debug)]
pub enum Error {
    /// The engine refuses the model.
    Model(LoadError),
    /// The recording can't be read.
    Wav(WavError<HostError>),
    /// The recording is not at the model's sample rate.
    SampleRate {
        /// The recording's, in Hz.
        found: u32,
        /// The model's, in Hz.
        expected: u32,
    },
    /// There is no answer.
    NotReady(NotReady),
    /// The host refuses a file.
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

impl From<HostError> for Error {
    fn from(error: HostError) -> Self {
        Self::Host(error)
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
