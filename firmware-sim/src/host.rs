//! Files and exit code, by semihosting.

use core::fmt::Display;

use defmt::Display2Format;
use embedded_io::{Error, ErrorKind, ErrorType, Read};
use semihosting::fs::File;
use semihosting::io::{self, Read as _, Write as _};
use semihosting::process::ExitCode;

/// The recording, as the runner has laid it out.
pub struct Recording(File);

impl Recording {
    /// Opens `recording.wav`.
    ///
    /// # Errors
    /// The host's.
    pub fn open() -> Result<Self, HostError> {
        Ok(Self(File::open(c"recording.wav")?))
    }
}

impl ErrorType for Recording {
    type Error = HostError;
}

impl Read for Recording {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, HostError> {
        Ok(self.0.read(buffer)?)
    }
}

/// Makes `result.json`.
///
/// # Errors
/// The host's.
pub fn create_result() -> Result<File, HostError> {
    Ok(File::create(c"result.json")?)
}

/// Writes a JSON array.
///
/// # Errors
/// The host's.
pub fn write_list<T: Display>(file: &mut File, items: impl IntoIterator<Item = T>) -> io::Result<()> {
    write!(file, "[")?;
    for (index, item) in items.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        write!(file, "{comma}{item}")?;
    }
    write!(file, "]")
}

/// A semihosting call that the host refused.
#[derive(Debug)]
pub struct HostError(io::Error);

impl From<io::Error> for HostError {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl Display for HostError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "cannot use a file of the host: {}", self.0)
    }
}

impl core::error::Error for HostError {}

impl Error for HostError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// Ends the simulation: with exit code 0, or after logging what went wrong with 1.
pub fn exit<E: Display>(result: Result<(), E>) -> ! {
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            defmt::error!("{}", Display2Format(&error));
            ExitCode::FAILURE
        }
    };
    code.exit_process()
}
