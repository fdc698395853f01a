use serde::{Deserialize, Serialize};

use super::{FrontEndParams, MAX_LABEL_BYTES, MAX_LABELS};
use crate::LoadError;

/// What a blob says in [postcard](https://postcard.jamesmunns.com/wire-format): texts, and how to hear.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metadata<'a> {
    pub(crate) texts: Texts<'a>,
    /// None where rows of the network's input come from elsewhere.
    pub(crate) front_end: Option<FrontEndParams<'a>>,
}

/// The first part of the metadata.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Texts<'a> {
    pub(crate) name: &'a str,
    /// The labels' texts, each with its length before it.
    #[serde(borrow)]
    pub(crate) labels: &'a [u8],
}

impl<'a> Metadata<'a> {
    /// Takes the metadata apart; those of a blob without a front end end behind the texts.
    pub(crate) fn read(bytes: &'a [u8], has_front_end: bool) -> Result<Self, LoadError> {
        let (texts, rest) = postcard::take_from_bytes(bytes).map_err(|_| LoadError::Malformed)?;
        if !has_front_end {
            return if rest.is_empty() {
                Ok(Self { texts, front_end: None })
            } else {
                Err(LoadError::Malformed)
            };
        }
        match postcard::take_from_bytes(rest) {
            Ok((front_end, [])) => Ok(Self { texts, front_end: Some(front_end) }),
            _ => Err(LoadError::Malformed),
        }
    }
}

/// What a model's outputs stand for, in the order of the scores.
///
/// ```
/// use prosodia::{Model, include_model};
///
/// const MODEL: &[u8] = include_model!("../../tests/data/loud.postcard");
/// let labels = Model::from_bytes(MODEL)?.labels();
/// assert_eq!((labels.len(), labels.get(0)), (2, Some("loud")));
/// assert_eq!(labels.iter().position(|label| label == "quiet"), Some(1));
/// # Ok::<(), prosodia::LoadError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Labels<'a> {
    /// The texts, each with its length in one byte before it.
    bytes: &'a [u8],
    count: u8,
}

impl<'a> Labels<'a> {
    /// Checks that there are at most [`MAX_LABELS`], each a text of 1 to [`MAX_LABEL_BYTES`] bytes that occurs once.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        let mut count = 0u8;
        while !rest.is_empty() {
            let (label, behind) = split_label(rest)?;
            let earlier = Self { bytes, count };
            let is_fit =
                (1..=MAX_LABEL_BYTES).contains(&label.len()) && earlier.iter().all(|other| other != label);
            if !is_fit || usize::from(count) >= MAX_LABELS {
                return None;
            }
            count = count.saturating_add(1);
            rest = behind;
        }
        Some(Self { bytes, count })
    }

    /// How many there are, at most 32.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count.into()
    }

    /// Whether there are none, as a network without a front end may have.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The label of one output.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&'a str> {
        self.iter().nth(index)
    }

    /// Every label in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        let mut rest = self.bytes;
        (0..self.count).map_while(move |_| {
            let (label, behind) = split_label(rest)?;
            rest = behind;
            Some(label)
        })
    }

    /// Writes labels, each with its length before it.
    #[cfg(feature = "std")]
    pub(crate) fn write(labels: &[&str]) -> Option<std::vec::Vec<u8>> {
        let mut bytes = std::vec::Vec::new();
        for label in labels {
            bytes.push(u8::try_from(label.len()).ok()?);
            bytes.extend_from_slice(label.as_bytes());
        }
        Some(bytes)
    }
}

/// The first label, and what is behind it.
fn split_label(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (label, behind) = rest.split_at_checked(length.into())?;
    Some((core::str::from_utf8(label).ok()?, behind))
}
