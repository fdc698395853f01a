//! Files and exit code, by semihosting.

use core::ffi::CStr;
use core::fmt::{self, Display};

use embedded_io::{Error, ErrorKind, ErrorType, Read};
use semihosting::fs::File;
use semihosting::io::{self, Read as _, Write as _};
use semihosting::process::ExitCode;
use serde::Serialize;

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

/// Reads the number that the runner has left in a file.
///
/// # Errors
/// The host's, and what is no number.
pub fn number(file: &CStr) -> Result<u32, HostError> {
    let mut digits = [0; 10];
    let count = File::open(file)?.read(&mut digits)?;
    let text = digits.get(..count).and_then(|digits| str::from_utf8(digits).ok());
    text.and_then(|text| text.parse().ok()).ok_or(HostError::NoNumber)
}

/// Rows of a network's input, as the runner has laid them out in `input.bin`.
pub struct Rows(File);

impl Rows {
    /// Begins with the first row.
    ///
    /// # Errors
    /// The host's.
    pub fn open() -> Result<Self, HostError> {
        Ok(Self(File::open(c"input.bin")?))
    }

    /// Fills in the next row; false at the end.
    ///
    /// # Errors
    /// The host's.
    pub fn read(&mut self, row: &mut [i8]) -> Result<bool, HostError> {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(row);
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.0.read(rest)? {
                0 => return Ok(false),
                count => filled += count,
            }
        }
        Ok(filled > 0)
    }
}

/// `answers.bin`, to which an answer's bytes are added one behind the other.
pub struct Answers(File);

impl Answers {
    /// Begins with none.
    ///
    /// # Errors
    /// The host's.
    pub fn create() -> Result<Self, HostError> {
        Ok(Self(File::create(c"answers.bin")?))
    }

    /// Adds an answer.
    ///
    /// # Errors
    /// The host's.
    pub fn add(&mut self, values: &[i8]) -> Result<(), HostError> {
        Ok(self.0.write_all(bytemuck::cast_slice(values))?)
    }
}

/// Writes `result.json`, of at most `BYTES`.
///
/// # Errors
/// The host's, and a result that is longer.
pub fn write_result<const BYTES: usize>(result: &impl Serialize) -> Result<(), HostError> {
    Lines::create()?.write::<BYTES>(result)
}

/// A `result.json` that is written line by line.
pub struct Lines(File);

impl Lines {
    /// Begins with no lines.
    ///
    /// # Errors
    /// The host's.
    pub fn create() -> Result<Self, HostError> {
        Ok(Self(File::create(c"result.json")?))
    }

    /// Adds a line of at most `BYTES`.
    ///
    /// # Errors
    /// The host's, and a line that is longer.
    pub fn write<const BYTES: usize>(&mut self, line: &impl Serialize) -> Result<(), HostError> {
        let mut json = [0; BYTES];
        let length = serde_json_core::to_slice(line, &mut json).map_err(|_| HostError::ResultTooLong)?;
        let (json, _) = json.split_at(length.min(BYTES));
        self.0.write_all(json)?;
        Ok(self.0.write_all(b"\n")?)
    }
}

/// What goes wrong with the host's files.
#[derive(Debug)]
pub enum HostError {
    /// A semihosting call that the host refused.
    Refused(io::Error),
    /// A result that exceeds its buffer.
    ResultTooLong,
    /// A file that should have a number has none.
    NoNumber,
}

impl From<io::Error> for HostError {
    fn from(error: io::Error) -> Self {
        Self::Refused(error)
    }
}

impl Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => write!(f, "cannot use a file of the host: {error}"),
            Self::ResultTooLong => f.write_str("the result exceeds its buffer"),
            Self::NoNumber => f.write_str("a file that should have a number has none"),
        }
    }
}

impl defmt::Format for HostError {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Refused(error) => {
                let code = error.raw_os_error().unwrap_or(0);
                defmt::write!(f, "cannot use a file of the host: OS error {=i32}", code);
            }
            Self::ResultTooLong => defmt::write!(f, "the result exceeds its buffer"),
            Self::NoNumber => defmt::write!(f, "a file that should have a number has none"),
        }
    }
}

impl core::error::Error for HostError {}

impl Error for HostError {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

/// Ends the simulation: with exit code 0, or after logging what went wrong with 1.
pub fn exit<E: defmt::Format>(result: Result<(), E>) -> ! {
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            defmt::error!("{}", error);
            ExitCode::FAILURE
        }
    };
    code.exit_process()
}
