use core::fmt;

use crate::blob::VERSION;

/// Why a blob was refused. `Display` says it to people; with the feature `defmt` the texts stay off the device.
/// ```
/// use prosodia::{LoadError, Model, include_model};
///
/// const MODEL: &[u8] = include_model!("../tests/data/loud.postcard");
/// assert_eq!(Model::from_bytes(&MODEL[..100]).err(), Some(LoadError::Truncated));
///
/// let mut altered = MODEL.to_vec();
/// altered[200] ^= 1;
/// let error = Model::from_bytes(&altered).unwrap_err();
/// assert_eq!(error.to_string(), "the model's checksum does not match its contents; copy it again");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// Fewer bytes than the envelope announces.
    Truncated,
    /// More bytes than the envelope announces.
    TrailingBytes,
    /// The first bytes are not a blob's.
    NotABlob,
    /// A format version that this engine does not read.
    UnsupportedVersion {
        /// The version in the blob.
        found: u16,
    },
    /// The CRC-32 does not match, or the reserved bytes are not 0: bytes were altered.
    Corrupt,
    /// The body does not decode.
    Malformed,
    /// No labels though there is a front end, more than 32, one that is empty, longer than 24 bytes or not UTF-8, or
    /// one twice.
    Labels,
    /// Front-end parameters that the engine can't run.
    FrontEnd(FrontEndError),
    /// An input of the network that the engine can't take.
    Input(LayerError),
    /// A layer that the engine can't run.
    Layer {
        /// The layer's index.
        index: u8,
        /// What is wrong with it.
        error: LayerError,
    },
    /// Tensors are added whose rows do not keep pace, or more than 65536 rows of the input pass before a tensor's first
    /// row or from one to the next.
    Pace,
    /// The memory plan puts two things in one place, or its sizes are wrong.
    Plan,
    /// The classifier's arena can't hold the model.
    ArenaTooSmall {
        /// Bytes the model needs.
        needed: usize,
        /// Bytes the arena has.
        available: usize,
    },
    /// The listener's conversion leads to another sample rate than the model's.
    SampleRate {
        /// To which it leads, in Hz.
        found: u32,
        /// The model's, in Hz.
        wanted: u32,
    },
    /// The listener's settings can't be followed.
    Settings(SettingsError),
}

/// Why there is no answer.
/// ```
/// use prosodia::{Classifier, NotReady, arena_bytes, include_model};
///
/// const MODEL: &[u8] = include_model!("../tests/data/loud.postcard");
/// let mut classifier = Classifier::<{ arena_bytes(MODEL) }>::new();
/// assert_eq!(classifier.push(&[0; 100], |_| ()), Err(NotReady::NoModel));
/// classifier.load(MODEL)?;
/// classifier.push(&[0; 100], |_| ())?;
/// assert_eq!(classifier.latest(), Err(NotReady::Samples { missing: 668 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReady {
    /// No model is loaded.
    NoModel,
    /// The arena that was lent can't hold the model.
    ArenaTooSmall {
        /// Bytes the model needs.
        needed: usize,
        /// Bytes the arena has.
        available: usize,
    },
    /// The recording has been too short so far; [`finish`](crate::Classifier::finish) fills it up with silence.
    Samples {
        /// Samples that are missing for an answer: once they are there, so is the answer.
        missing: u32,
    },
    /// Rows of a network's input are missing.
    Rows {
        /// Rows that are missing for an answer: once they are there, so is the answer.
        missing: u32,
    },
    /// The input of a network is longer or shorter than what it reads.
    Values {
        /// Values that it reads.
        needed: usize,
        /// Values that it was given.
        found: usize,
    },
}

/// What is wrong with a model's front-end parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrontEndError {
    /// The model has none: rows of its input come from elsewhere.
    Missing,
    /// The sample rate is not within 4000 to 192000 Hz.
    SampleRate,
    /// The FFT length is not 512, 1024 or 2048.
    FftLength,
    /// The FFT length is one that this build of the engine leaves out: its feature is `fft-512`, `fft-1024` or
    /// `fft-2048`.
    FftLengthLeftOut,
    /// The hop length is 0.
    HopLength,
    /// Not 1 to 128 mel bands.
    MelBands,
    /// The window is empty or has more than 1024 frames.
    WindowLength,
    /// A normalisation coefficient is missing, not finite, or could overflow.
    Normalisation,
    /// A running reference's parameter is missing or out of range.
    Reference,
    /// The input tensor is not frames high, or a row of it is not a value for each mel band.
    InputShape,
}

/// Which of a listener's [`Settings`](crate::listen::Settings) can't be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsError {
    /// `decisions.threshold` is above 100 %.
    Threshold,
    /// `decisions.hysteresis` is above 100 %.
    Hysteresis,
    /// `gate.closes_below` is above `gate.opens_above`: what opens the gate would close it.
    Gate,
}

/// What is wrong with a layer, or with the network's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LayerError {
    /// It reads a tensor that is not there yet, or the same one twice.
    Input,
    /// The output's shape does not follow from the input's.
    OutputShape,
    /// A tensor is empty or has more than 2^24 elements.
    TensorSize,
    /// A kernel or stride of 0, or padding as large as the kernel.
    Window,
    /// A multiplier or shift outside its range.
    Rescale,
    /// Some audio could overflow an int32 sum.
    Overflow,
    /// The lower bound is above the upper one.
    Clamp,
    /// The scale of a tensor is not a positive finite number.
    Scale,
    /// The output's quantisation is not what the operator defines.
    Quantisation,
    /// The network must end in one row of values, as many as there are labels; behind a front end in a softmax.
    Ending,
}

/// One text for each case: by `Display`, and by defmt, which keeps it off the device.
macro_rules! messages {
    ($error:ident { $($case:pat => $text:tt $(, $value:expr)*;)* }) => {
        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $($case => write!(f, $text $(, $value)*),)*
                }
            }
        }

        #[cfg(feature = "defmt")]
        impl defmt::Format for $error {
            fn format(&self, f: defmt::Formatter<'_>) {
                match self {
                    $($case => defmt::write!(f, $text $(, $value)*),)*
                }
            }
        }
    };
}

messages!(LoadError {
    Self::Truncated => "the model is cut short; copy it again";
    Self::TrailingBytes => "the model is followed by bytes that do not belong to it";
    Self::NotABlob => "this is not a model blob";
    Self::UnsupportedVersion { found } =>
        "the model has format version {}, this engine reads version {}; export it again", found, VERSION;
    Self::Corrupt => "the model's checksum does not match its contents; copy it again";
    Self::Malformed => "the model's contents do not decode";
    Self::Labels => "the model's labels are missing, repeated, too many or too long";
    Self::FrontEnd(error) => "the model's front end can't be run: {}", error;
    Self::Input(error) => "the network's input can't be taken: {}", error;
    Self::Layer { index, error } => "the model's layer {} can't be run: {}", index, error;
    Self::Pace => "the model adds tensors whose rows do not keep pace, or answers too rarely";
    Self::Plan => "the model's memory plan is not sound";
    Self::ArenaTooSmall { needed, available } =>
        "the model needs an arena of {} bytes, this one has {}", needed, available;
    Self::SampleRate { found, wanted } =>
        "the microphone is resampled to {} Hz, the model hears {} Hz", found, wanted;
    Self::Settings(error) => "the listener can't follow its settings: {}", error;
});

messages!(NotReady {
    Self::NoModel => "no model is loaded";
    Self::ArenaTooSmall { needed, available } =>
        "the model needs an arena of {} bytes, this one has {}", needed, available;
    Self::Samples { missing } => "{} samples are missing for an answer", missing;
    Self::Rows { missing } => "{} rows are missing for an answer", missing;
    Self::Values { needed, found } => "the network reads {} values, it was given {}", needed, found;
});

messages!(FrontEndError {
    Self::Missing => "it has none, it is for prosodia::Network";
    Self::SampleRate => "the sample rate is not within 4000 to 192000 Hz";
    Self::FftLength => "the FFT length is not 512, 1024 or 2048";
    Self::FftLengthLeftOut => "this build leaves its FFT length out: turn on prosodia's feature fft-512, fft-1024 or \
                               fft-2048";
    Self::HopLength => "the hop length is 0";
    Self::MelBands => "the mel bands are not 1 to 128";
    Self::WindowLength => "the window is empty or longer than 1024 frames";
    Self::Normalisation => "a normalisation coefficient is missing or out of range";
    Self::Reference => "a parameter of the running reference is missing or out of range";
    Self::InputShape => "the input tensor is not frames by mel bands";
});

messages!(SettingsError {
    Self::Threshold => "the threshold is above 100 %";
    Self::Hysteresis => "the hysteresis is above 100 %";
    Self::Gate => "the gate's closes_below is above its opens_above";
});

messages!(LayerError {
    Self::Input => "it reads a tensor that is not there";
    Self::OutputShape => "its output's shape does not follow from its input's";
    Self::TensorSize => "a tensor is empty or too large";
    Self::Window => "its kernel, stride or padding is out of range";
    Self::Rescale => "a multiplier or shift is out of range";
    Self::Overflow => "its sums could overflow 32 bits";
    Self::Clamp => "its lower bound is above its upper bound";
    Self::Scale => "a scale is not a positive number";
    Self::Quantisation => "its output's quantisation is not what its operator defines";
    Self::Ending => "the network must end in one row of as many values as there are labels, after a front end in a \
                     softmax";
});

impl core::error::Error for LoadError {}
impl core::error::Error for NotReady {}
impl core::error::Error for FrontEndError {}
impl core::error::Error for SettingsError {}
impl core::error::Error for LayerError {}
