use crate::corpus::Parts;

/// A fold: who is tested on, and which clips are learnt from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The corpus that is tested on, or the fold's number.
    pub(crate) name: String,
    /// The test speakers.
    pub(crate) speakers: Vec<String>,
    pub(crate) parts: Parts,
}
