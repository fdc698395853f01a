use core::ffi::{CStr, c_char};

use engine::{LoadError, NotReady};

/// What is wrong; EMOTION_ERROR_NONE, which is 0, if nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Error {
    /// All is well.
    None = 0,
    /// A pointer is NULL, or would lead to more than there can be.
    Null = 1,
    /// Memory or a pointer is not aligned as it has to be.
    Misaligned = 2,
    /// The memory is too small; emotion_listener_memory_bytes and emotion_classifier_memory_bytes say what it takes.
    MemoryTooSmall = 3,
    /// The object was not initialised, or initialising it failed.
    NotInitialised = 4,
    /// A setting is out of its range.
    Settings = 5,
    /// There is no conversion from the microphone's sample rate to the model's: both must be 4000 to 192000 Hz, and the
    /// microphone's at most three times the model's.
    MicrophoneRate = 6,
    /// There is no answer yet: the recording has been too short.
    TooShort = 7,
    /// All samples were heard, but more events became due than wait to be fetched; the latest were dropped.
    EventsLost = 8,
    /// There is no label of that index.
    Label = 9,
    /// A stored voice has more bands or labels than there can be.
    Voice = 10,
    /// The model has fewer bytes than it announces.
    ModelTruncated = 32,
    /// The model has more bytes than it announces.
    ModelTrailingBytes = 33,
    /// The bytes are not those of a model.
    ModelUnknown = 34,
    /// The model is of a format version that this library does not read.
    ModelVersion = 35,
    /// The model's checksum does not match: bytes were altered.
    ModelCorrupt = 36,
    /// The model does not decode.
    ModelMalformed = 37,
    /// The model's labels can't be used.
    ModelLabels = 38,
    /// The model's front end can't be run.
    ModelFrontEnd = 39,
    /// A layer of the model can't be run; "host-trainer inspect" says which.
    ModelLayer = 40,
    /// The model adds tensors whose rows do not keep pace, or answers too rarely.
    ModelPace = 41,
    /// The model's memory plan is not sound.
    ModelPlan = 42,
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Truncated => Self::ModelTruncated,
            LoadError::TrailingBytes => Self::ModelTrailingBytes,
            LoadError::NotABlob => Self::ModelUnknown,
            LoadError::UnsupportedVersion { .. } => Self::ModelVersion,
            LoadError::Corrupt => Self::ModelCorrupt,
            LoadError::Labels => Self::ModelLabels,
            LoadError::FrontEnd(_) => Self::ModelFrontEnd,
            LoadError::Layer { .. } => Self::ModelLayer,
            LoadError::Pace => Self::ModelPace,
            LoadError::Plan => Self::ModelPlan,
            LoadError::ArenaTooSmall { .. } => Self::MemoryTooSmall,
            LoadError::SampleRate { .. } => Self::MicrophoneRate,
            LoadError::Settings(_) => Self::Settings,
            // What else may come is of the model too.
            _ => Self::ModelMalformed,
        }
    }
}

impl From<NotReady> for Error {
    fn from(error: NotReady) -> Self {
        match error {
            NotReady::ArenaTooSmall { .. } => Self::MemoryTooSmall,
            NotReady::Samples { .. } => Self::TooShort,
            _ => Self::NotInitialised,
        }
    }
}

impl From<Result<(), Self>> for Error {
    fn from(result: Result<(), Self>) -> Self {
        result.err().unwrap_or(Self::None)
    }
}

/// The constants' names, as C knows them.
const NAMES: [(Error, &CStr); 22] = [
    (Error::None, c"EMOTION_ERROR_NONE"),
    (Error::Null, c"EMOTION_ERROR_NULL"),
    (Error::Misaligned, c"EMOTION_ERROR_MISALIGNED"),
    (Error::MemoryTooSmall, c"EMOTION_ERROR_MEMORY_TOO_SMALL"),
    (Error::NotInitialised, c"EMOTION_ERROR_NOT_INITIALISED"),
    (Error::Settings, c"EMOTION_ERROR_SETTINGS"),
    (Error::MicrophoneRate, c"EMOTION_ERROR_MICROPHONE_RATE"),
    (Error::TooShort, c"EMOTION_ERROR_TOO_SHORT"),
    (Error::EventsLost, c"EMOTION_ERROR_EVENTS_LOST"),
    (Error::Label, c"EMOTION_ERROR_LABEL"),
    (Error::Voice, c"EMOTION_ERROR_VOICE"),
    (Error::ModelTruncated, c"EMOTION_ERROR_MODEL_TRUNCATED"),
    (Error::ModelTrailingBytes, c"EMOTION_ERROR_MODEL_TRAILING_BYTES"),
    (Error::ModelUnknown, c"EMOTION_ERROR_MODEL_UNKNOWN"),
    (Error::ModelVersion, c"EMOTION_ERROR_MODEL_VERSION"),
    (Error::ModelCorrupt, c"EMOTION_ERROR_MODEL_CORRUPT"),
    (Error::ModelMalformed, c"EMOTION_ERROR_MODEL_MALFORMED"),
    (Error::ModelLabels, c"EMOTION_ERROR_MODEL_LABELS"),
    (Error::ModelFrontEnd, c"EMOTION_ERROR_MODEL_FRONT_END"),
    (Error::ModelLayer, c"EMOTION_ERROR_MODEL_LAYER"),
    (Error::ModelPace, c"EMOTION_ERROR_MODEL_PACE"),
    (Error::ModelPlan, c"EMOTION_ERROR_MODEL_PLAN"),
];

/// The name of an emotion_error's constant, as text that ends with a NUL and is there for ever;
/// "EMOTION_ERROR_?" of what is none.
#[unsafe(no_mangle)]
pub extern "C" fn emotion_error_name(error: i32) -> *const c_char {
    let named = NAMES.iter().find(|(known, _)| *known as i32 == error);
    named.map_or(c"EMOTION_ERROR_?", |(_, name)| name).as_ptr()
}
