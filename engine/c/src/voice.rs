use crate::Error;

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
}

impl From<&engine::Voice> for Voice {
    fn from(voice: &engine::Voice) -> Self {
        let mut deviations = [0; EMOTION_MAX_BANDS];
        deviations.iter_mut().zip(&voice.deviations).for_each(|(place, &deviation)| *place = deviation);
        Self { heard: voice.heard, bands: voice.deviations.len() as u16, deviations }
    }
}

impl TryFrom<&Voice> for engine::Voice {
    type Error = Error;

    fn try_from(voice: &Voice) -> Result<Self, Error> {
        let deviations = voice.deviations.get(..voice.bands.into()).ok_or(Error::Voice)?;
        let mut known = Self { heard: voice.heard, ..Self::default() };
        // There is room for them all.
        deviations.iter().for_each(|&deviation| _ = known.deviations.push(deviation));
        Ok(known)
    }
}
