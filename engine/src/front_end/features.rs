use super::decibel::{CEILING, FLOOR, STEPS_PER_DECIBEL, root_of_steps};
use super::frames::{Frame, Frames, frame_bytes};
use super::known_voice::Voice;
use super::running::{Memory, Running};
use super::voice::VoiceMemory;
use crate::blob::{FrontEndParams, Normalisation, Reference};

/// From frames of mel power to rows of the network's input, in memory that the caller lends: frames wait there for
/// what they are relative to.
///
/// With a [running reference](Reference::Running) a frame's loudness is that of its loudest band, of some. The level is
/// the highest loudness that has lasted for a few frames since the utterance began; it never falls until speech has
/// paused. A frame waits for some that come after it and is relative to the level by then; from that, band by band,
/// goes the deviation of the [`Voice`] from voices in general, as it was heard in the utterances before.
///
/// A frame goes in by [`push`](Self::push); then [`next`](Self::next) says which frames may become rows, and relative
/// to what, until it says None. Every call must be lent the same memory, of [`memory_bytes`](Self::memory_bytes).
///
/// ```
/// # use core::num::NonZeroU8;
/// # use prosodia::blob::{FrontEndParams, MelScale, Normalisation};
/// use prosodia::front_end::Features;
///
/// # let params = FrontEndParams {
/// #     sample_rate: 22050, fft_length: 512, hop_length: 256, window_samples: 1024, mel_bands: 2,
/// #     mel_scale: MelScale::Slaney,
/// #     normalisation: Normalisation::Power { gain: 10.0, root: NonZeroU8::MIN, offset: -128.0 },
/// # };
/// let mut memory = vec![0; Features::memory_bytes(&params)];
/// let mut features = Features::new();
/// features.configure(&params);
/// features.push(&params, [0.5, 2.0], &mut memory);
/// let row = features.next(&params, &mut memory).unwrap();
/// let mut values = [0; 2];
/// row.write(&params, &memory, &mut values);
/// assert_eq!(values, [-123, -108]); // round(10 * power) - 128
/// assert!(features.next(&params, &mut memory).is_none());
/// ```
pub struct Features {
    frames: Frames,
    running: Running,
    voice: VoiceMemory,
    /// The maximum of the window whose frames leave, for a model that is relative to it.
    maximum: Option<i16>,
}

/// A frame that may become a row of the network's input.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    frame: Frame,
    relative_to: RelativeTo,
    /// Where the voice's deviations lie, for a running reference.
    voice: usize,
}

#[derive(Debug, Clone, Copy)]
enum RelativeTo {
    /// The frame is power itself.
    Nothing,
    Maximum(i16),
    Level(i16),
}

impl Features {
    /// Not configured yet; it holds no frames.
    #[must_use]
    pub const fn new() -> Self {
        Self { frames: Frames::new(), running: Running::new(), voice: VoiceMemory::new(), maximum: None }
    }

    /// Bytes of memory: int16 values of the frames that wait, and what a running reference remembers of a voice.
    #[must_use]
    pub fn memory_bytes(params: &FrontEndParams<'_>) -> usize {
        let frames = usize::from(waiting(params)).saturating_mul(frame_bytes(params.mel_bands));
        frames.saturating_add(voice_bytes(params))
    }

    /// Frames after which one leaves, where they do not wait for a window's end.
    pub(crate) fn delay(params: &FrontEndParams<'_>) -> u16 {
        waiting(params).saturating_sub(1)
    }

    /// Takes on parameters and starts a new recording, with a voice that is not known.
    pub fn configure(&mut self, params: &FrontEndParams<'_>) {
        let frames = Frames::empty(params.mel_bands, waiting(params));
        *self = Self { frames, running: Running::start(), ..Self::new() };
    }

    /// Starts a new recording. What was learnt of the voice stays, but for an utterance that has not ended.
    pub fn reset(&mut self, params: &FrontEndParams<'_>, memory: &mut [i8]) {
        self.frames = Frames::empty(params.mel_bands, waiting(params));
        self.running = Running::start();
        self.maximum = None;
        self.voice.begin_recording(split(params, memory).voice);
    }

    /// Takes in a frame of mel power, a value for each band. [`next`](Self::next) must have said None before.
    #[cfg(feature = "unstable")]
    pub fn push(
        &mut self,
        params: &FrontEndParams<'_>,
        power: impl IntoIterator<Item = f32>,
        memory: &mut [i8],
    ) {
        self.push_decibels(params, power.into_iter().map(super::decibel::decibel_steps), memory);
    }

    /// The same for a frame in steps of 1/128 dB.
    pub fn push_decibels(
        &mut self,
        params: &FrontEndParams<'_>,
        frame: impl IntoIterator<Item = i16>,
        memory: &mut [i8],
    ) {
        let memory = split(params, memory);
        self.frames.push(frame.into_iter(), memory.frames);
        if let Some(running) = running(params) {
            self.running.notice(running, &self.frames, memory.frames);
        }
    }

    /// The recording is over: all frames that wait may leave, and the utterance ends.
    pub fn end(&mut self) {
        self.running.end();
    }

    /// The next row of the network's input, if a frame need not wait any longer.
    pub fn next(&mut self, params: &FrontEndParams<'_>, memory: &mut [i8]) -> Option<Row> {
        let mut memory = split(params, memory);
        let voice = memory.frames.len();
        let (frame, relative_to) = match params.normalisation {
            Normalisation::Power { .. } => (self.frames.pop()?, RelativeTo::Nothing),
            Normalisation::Decibel { reference: Reference::WindowMaximum, .. } => {
                let (frame, maximum) = self.next_of_window(memory.frames)?;
                (frame, RelativeTo::Maximum(maximum))
            }
            Normalisation::Decibel { reference: Reference::Running(running), .. } => {
                let next = self.running.next(&running, &mut self.frames, &mut self.voice, &mut memory);
                let (frame, level) = next?;
                (frame, RelativeTo::Level(level))
            }
        };
        Some(Row { frame, relative_to, voice })
    }

    /// Once a window is full, its frames leave one after the other.
    fn next_of_window(&mut self, memory: &[i8]) -> Option<(Frame, i16)> {
        if self.maximum.is_none() && self.frames.is_full() {
            self.maximum = self.frames.values(memory).max();
        }
        let maximum = self.maximum?;
        let frame = self.frames.pop();
        if self.frames.len() == 0 {
            self.maximum = None;
        }
        Some((frame?, maximum))
    }

    /// What has been learnt of the voice, up to the last utterance that is over; without bands for a model that has no
    /// running reference.
    #[must_use]
    pub fn voice(&self, params: &FrontEndParams<'_>, memory: &[i8]) -> Voice {
        let start = memory.len().saturating_sub(voice_bytes(params));
        let mut voice = Voice { heard: self.voice.heard(), ..Voice::default() };
        for deviation in VoiceMemory::deviations(memory.get(start..).unwrap_or_default()) {
            // There is room for as many bands as a model can have.
            let _ = voice.deviations.push(deviation);
        }
        voice
    }

    /// Takes on a voice that was known before; bands that it does not have are as those of voices in general.
    pub fn restore_voice(&mut self, params: &FrontEndParams<'_>, voice: &Voice, memory: &mut [i8]) {
        let Some(running) = running(params) else { return };
        let heard = voice.heard.min(running.memory);
        self.voice.restore(heard, voice.deviations.iter().copied(), split(params, memory).voice);
    }

    /// Whether the present recording has something to learn from: with a running reference, unless frozen, a frame of
    /// speech.
    pub(crate) const fn has_heard_speech(&self) -> bool {
        self.voice.has_heard() && !self.voice.is_frozen
    }

    /// Forgets the voice.
    pub fn forget_voice(&mut self, params: &FrontEndParams<'_>, memory: &mut [i8]) {
        self.voice.forget(split(params, memory).voice);
    }

    /// Stops learning from what is heard, or goes on.
    pub fn freeze_voice(&mut self, is_frozen: bool) {
        self.voice.is_frozen = is_frozen;
    }

    /// Whether it has stopped learning.
    #[must_use]
    pub const fn is_voice_frozen(&self) -> bool {
        self.voice.is_frozen
    }
}

impl Default for Features {
    fn default() -> Self {
        Self::new()
    }
}

impl Row {
    /// The frame's values in 1/128 dB as they are fed: relative to the reference and within its floor and ceiling;
    /// as they are for a model that hears power.
    pub fn decibels<'m>(&self, memory: &'m [i8]) -> impl Iterator<Item = i32> + use<'m> {
        let Self { frame, relative_to, voice } = *self;
        let deviations = VoiceMemory::deviations(memory.get(voice..).unwrap_or_default());
        let deviations = deviations.map(i32::from).chain(core::iter::repeat(0));
        frame.decibels(memory).map(i32::from).zip(deviations).map(move |(value, deviation)| match relative_to
        {
            RelativeTo::Nothing => value,
            RelativeTo::Maximum(maximum) => value.saturating_sub(maximum.into()).max(FLOOR),
            RelativeTo::Level(level) => {
                value.saturating_sub(level.into()).clamp(FLOOR, CEILING).saturating_sub(deviation)
            }
        })
    }

    /// Writes the frame as a row of the network's int8 input; [`Normalisation`] says how.
    pub fn write(&self, params: &FrontEndParams<'_>, memory: &[i8], row: &mut [i8]) {
        let decibels = self.decibels(memory);
        match params.normalisation {
            Normalisation::Decibel { bands, .. } => {
                for ((place, value), affine) in row.iter_mut().zip(decibels).zip(bands.as_chunks().0) {
                    *place = Affine::from_bytes(*affine).apply(value);
                }
            }
            Normalisation::Power { gain, root, offset } => {
                for (place, value) in row.iter_mut().zip(decibels) {
                    *place = saturate(libm::rintf(root_of_steps(value as i16, root) * gain + offset) as i32);
                }
            }
        }
    }
}

/// One band's part of [`Normalisation::Decibel`].
pub(crate) struct Affine {
    multiplier: i32,
    offset: i32,
}

impl Affine {
    pub(crate) fn from_bytes([m0, m1, m2, m3, o0, o1, o2, o3]: [u8; 8]) -> Self {
        Self {
            multiplier: i32::from_le_bytes([m0, m1, m2, m3]),
            offset: i32::from_le_bytes([o0, o1, o2, o3]),
        }
    }

    /// A loaded model never wraps: its coefficients were checked against the largest value.
    fn apply(&self, value: i32) -> i8 {
        let scaled = value.wrapping_mul(self.multiplier).wrapping_add(self.offset);
        saturate(scaled.wrapping_add(1 << 19) >> 20)
    }

    /// Whether no value that a model's reference lets through can overflow the map.
    pub(crate) fn is_in_range(&self, reference: &Reference<'_>) -> bool {
        // A deviation is at most 40 dB.
        let largest = match reference {
            Reference::WindowMaximum => 80 * i64::from(STEPS_PER_DECIBEL),
            Reference::Running(_) => 120 * i64::from(STEPS_PER_DECIBEL),
        };
        // Rounding adds 2^19.
        i64::from(self.multiplier).abs() * largest + i64::from(self.offset).abs() + (1 << 19)
            <= i64::from(i32::MAX)
    }
}

/// Frames that wait at most.
fn waiting(params: &FrontEndParams<'_>) -> u16 {
    match params.normalisation {
        Normalisation::Power { .. } => 1,
        Normalisation::Decibel { reference: Reference::WindowMaximum, .. } => params.frames() as u16,
        Normalisation::Decibel { reference: Reference::Running(running), .. } => running.held.into(),
    }
}

const fn running<'p, 'a>(params: &'p FrontEndParams<'a>) -> Option<&'p crate::blob::RunningParams<'a>> {
    match &params.normalisation {
        Normalisation::Decibel { reference: Reference::Running(running), .. } => Some(running),
        _ => None,
    }
}

fn voice_bytes(params: &FrontEndParams<'_>) -> usize {
    running(params).map_or(0, |_| VoiceMemory::bytes(params.mel_bands))
}

/// Frames first, the voice at the end. In less memory than is needed there is no voice.
fn split<'m>(params: &FrontEndParams<'_>, memory: &'m mut [i8]) -> Memory<'m> {
    let start = memory.len().saturating_sub(voice_bytes(params));
    let (frames, voice) = memory.split_at_mut_checked(start).unwrap_or_default();
    Memory { frames, voice }
}

fn saturate(value: i32) -> i8 {
    value.clamp(i8::MIN.into(), i8::MAX.into()) as i8
}
