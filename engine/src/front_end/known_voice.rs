use heapless::Vec;
use serde::{Deserialize, Serialize};

use super::MAX_MEL_BANDS;
use crate::blob::MAX_LABELS;

/// What a model whose features are relative to the utterance's level has learnt of a voice, to be stored and put
/// back: a device that knows its owner after a restart. It is of use to the same model alone.
///
/// It is a plain value that serde can write; with postcard in at most 2 bytes a band, 4 a label and 6.
///
/// ```
/// use prosodia::Voice;
///
/// # fn store(_: &[u8]) {}
/// let voice = Voice {
///     heard: 300,
///     deviations: [120, -64].into_iter().collect(),
///     utterances: [1, 3].into_iter().collect(),
///     offsets: [512, -512].into_iter().collect(),
/// };
/// let mut bytes = [0; 16];
/// let stored = postcard::to_slice(&voice, &mut bytes)?;
/// assert_eq!(postcard::from_bytes::<Voice>(stored)?, voice);
/// # Ok::<(), postcard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Voice {
    /// Frames of speech that it is known by, 0 for a voice that is not known.
    pub heard: u16,
    /// How far each band's mean in speech, relative to the level, is from that of voices in general, in 1/128 dB. What
    /// is beyond 40 dB (5120) counts as that. (The `Vec` is that of heapless 0.9.)
    pub deviations: Vec<i16, MAX_MEL_BANDS>,
    /// How many utterances the offsets were learnt from, for each label those that were answered with it; more than 64
    /// count as 64. A [`Classifier`](crate::Classifier) learns from each recording that it is told to finish, a
    /// [`Listener`](crate::listen::Listener) from each utterance.
    pub utterances: Vec<u8, MAX_LABELS>,
    /// How far each label's logit is from what it is for voices in general, whatever is said, in 1/256 of a step of the
    /// model's int8 logits, in the order of the labels. It is taken off the logits of what is said next.
    pub offsets: Vec<i16, MAX_LABELS>,
}
