//! What the firmware that hears a recording has in common.

use defmt::{Format, Formatter};
use engine::{LoadError, NotReady};

use crate::host::{HostError, Recording};
use crate::wav::{WavError, WavReader};

/// Opens the recording.
///
/// # Errors
/// What is no recording.
pub fn open() -> Result<WavReader<Recording>, Error> {
    Ok(WavReader::new(Recording::open()?)?)
}

/// Opens a recording that must have a model's sample rate.
///
/// # Errors
/// What is no recording or has another sample rate.
pub fn open_at(expected: u32) -> Result<WavReader<Recording>, Error> {
    let recording = open()?;
    let found = recording.sample_rate();
    if found == expected { Ok(recording) } else { Err(Error::SampleRate { found, expected }) }
}

/// Gives `hear` the recording, `BLOCK` samples at a time, as if from a microphone's DMA buffer.
///
/// # Errors
/// A recording that can't be read to its end, and those of `hear`.
pub fn each_block<const BLOCK: usize>(
    mut recording: WavReader<Recording>,
    mut hear: impl FnMut(&[i16]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut block = [0; BLOCK];
    loop {
        let samples = recording.read(&mut block)?;
        if samples.is_empty() {
            return Ok(());
        }
        hear(samples)?;
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

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Self::Model(error)
    }
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
