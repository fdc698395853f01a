use crate::{EMOTION_MAX_LABELS, Error};

/// The most mel bands that a model hears in.
pub const EMOTION_MAX_BANDS: usize = 128;

/// What has been learnt of a voice. It has no pointers: it can be written to flash as it is, and read by the same kind
/// of processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct Voice {
    /// Frames of speech that it is known by; 0 for a voice that is not known.
    pub heard: u16,
    /// How many deviations there are, 0 to EMOTION_MAX_BANDS.
    pub bands: u16,
    /// How far each band is from that of voices in general, in 1/128 dB; 0 behind the last.
    pub deviations: [i16; EMOTION_MAX_BANDS],
    /// How many labels there are, 0 to EMOTION_MAX_LABELS.
    pub labels: u16,
    /// How far each label's logit is from what it is for voices in general, in 1/256 of a step of the model's int8
    /// logits; 0 behind the last.
    pub offsets: [i16; EMOTION_MAX_LABELS],
    /// Utterances that the offsets are known by, by the label of their answer; 0 behind the last.
    pub utterances: [u8; EMOTION_MAX_LABELS],
}

impl From<&engine::Voice> for Voice {
    fn from(voice: &engine::Voice) -> Self {
        Self {
            heard: voice.heard,
            bands: voice.deviations.len() as u16,
            deviations: filled_up(&voice.deviations),
            labels: voice.offsets.len() as u16,
            offsets: filled_up(&voice.offsets),
            utterances: filled_up(&voice.utterances),
        }
    }
}

impl TryFrom<&Voice> for engine::Voice {
    type Error = Error;

    fn try_from(voice: &Voice) -> Result<Self, Error> {
        let deviations = voice.deviations.get(..voice.bands.into()).ok_or(Error::Voice)?;
        let offsets = voice.offsets.get(..voice.labels.into()).ok_or(Error::Voice)?;
        let utterances = voice.utterances.get(..voice.labels.into()).ok_or(Error::Voice)?;
        let mut known = Self { heard: voice.heard, ..Self::default() };
        // There is room for them all.
        deviations.iter().for_each(|&deviation| _ = known.deviations.push(deviation));
        offsets.iter().for_each(|&offset| _ = known.offsets.push(offset));
        utterances.iter().for_each(|&count| _ = known.utterances.push(count));
        Ok(known)
    }
}

/// With 0s behind the last.
fn filled_up<T: Copy + Default, const N: usize>(values: &[T]) -> [T; N] {
    let mut all = [T::default(); N];
    all.iter_mut().zip(values).for_each(|(place, &value)| *place = value);
    all
}
