use super::features::Memory;
use super::frames::{Frame, Frames};
use super::voice::VoiceMemory;
use crate::blob::RunningParams;

/// The most frames that wait for a level.
pub(crate) const MAX_HELD: u8 = 64;
/// Frames that leave with each frame that comes, once there is a level: those that waited are worked off, and no hop
/// is made to do the work of many.
const FRAMES_A_HOP: u8 = 2;

/// Follows speech from frame to frame, so that features have a reference that needs no future.
///
/// A frame is speech if its loudness, the mean in dB over some bands, is above a noise floor that falls at once and rises
/// slowly. While nobody has spoken, frames wait. As soon as enough of those that wait are speech, their loudness sets
/// the utterance's level, which stays until speech has paused for long enough. What a frame is relative to is that level,
/// and band by band what the [`VoiceMemory`] was like in the utterances before.
///
/// The rank (say the fourth loudest frame of sixteen) keeps a click, which is in four frames, from setting the level.
pub(super) struct Running {
    noise_floor: Option<i16>,
    level: Option<i16>,
    /// A bit for each of the latest frames, the latest one's lowest: whether it is speech.
    speech: u64,
    /// Frames without speech since the last one with.
    quiet: u16,
    /// Frames that may leave before the next one comes.
    allowed: u8,
}

/// What a frame's values in dB are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Nobody has spoken yet: the frame counts as silence.
    Unknown,
    /// In 1/128 dB.
    Known(i16),
}

impl Running {
    /// Nothing has been heard.
    pub(super) const fn new() -> Self {
        Self { noise_floor: None, level: None, speech: 0, quiet: 0, allowed: 0 }
    }

    /// Takes note of the latest frame, which waits already.
    pub(super) fn notice(&mut self, params: &RunningParams<'_>, frames: &Frames, memory: &[i8]) {
        let latest = frames.len().saturating_sub(1);
        let loudness = loudness(params, frames.get(latest, memory));
        let risen = self.noise_floor.map_or(loudness, |floor| floor.saturating_add(params.rise));
        let noise_floor = risen.min(loudness).max(params.quietest);
        self.noise_floor = Some(noise_floor);
        let is_speech = loudness > noise_floor.saturating_add(params.threshold);
        self.speech = self.speech << 1 | u64::from(is_speech);
        self.quiet = if is_speech { 0 } else { self.quiet.saturating_add(1) };
        self.allowed = FRAMES_A_HOP;
        if self.level.is_none() && self.speech_waiting(frames) >= u32::from(params.needed) {
            self.set_level(params, frames, memory);
        }
    }

    /// The next frame that need not wait any longer, and what it is relative to.
    pub(super) fn next(
        &mut self,
        params: &RunningParams<'_>,
        frames: &mut Frames,
        voice: &mut VoiceMemory,
        Memory { frames: waiting, voice: heard }: &mut Memory<'_>,
    ) -> Option<(Frame, Level)> {
        let Some(level) = self.level else {
            // One leaves to make room for the next.
            let frame = frames.is_full().then(|| frames.pop()).flatten()?;
            return Some((frame, Level::Unknown));
        };
        self.allowed = self.allowed.checked_sub(1)?;
        if frames.len() == 0 {
            self.end_utterance_after_a_pause(params, voice, heard);
            return None;
        }
        let is_speech = self.is_speech(frames, 0);
        let frame = frames.pop()?;
        if is_speech {
            voice.hear(params, frame.decibels(waiting), level, heard);
        }
        Some((frame, Level::Known(level)))
    }

    /// The recording is over: whatever waits may leave.
    pub(super) fn end(&mut self, params: &RunningParams<'_>, frames: &Frames, memory: &[i8]) {
        self.allowed = u8::MAX;
        self.quiet = u16::MAX;
        if self.level.is_none() && frames.len() > 0 {
            self.set_level(params, frames, memory);
        }
    }

    fn end_utterance_after_a_pause(&mut self, params: &RunningParams<'_>, voice: &mut VoiceMemory, memory: &mut [i8]) {
        if self.quiet >= params.pause {
            self.level = None;
            self.speech = 0;
            voice.end_utterance(params, memory);
        }
    }

    /// The level by the frames that wait: of those that are speech, the loudness of the one of the rank. Without
    /// enough of them it is that of the last in rank, and without any the loudest of all.
    fn set_level(&mut self, params: &RunningParams<'_>, frames: &Frames, memory: &[i8]) {
        let speaks = self.speech_waiting(frames) > 0;
        let mut ranked = [i16::MIN; MAX_HELD as usize];
        let mut count = 0u8;
        for index in 0..frames.len() {
            if !speaks || self.is_speech(frames, index) {
                insert(&mut ranked, loudness(params, frames.get(index, memory)));
                count = count.saturating_add(1);
            }
        }
        let rank = if speaks { params.rank.min(count.saturating_sub(1)) } else { 0 };
        self.level = ranked.get(usize::from(rank)).copied();
    }

    /// How many of the frames that wait are speech.
    fn speech_waiting(&self, frames: &Frames) -> u32 {
        (self.speech & mask(frames.len())).count_ones()
    }

    /// Whether a frame that waits is speech.
    const fn is_speech(&self, frames: &Frames, index: u16) -> bool {
        let age = frames.len().saturating_sub(index).saturating_sub(1);
        self.speech.unbounded_shr(age as u32) & 1 == 1
    }
}

/// Ones for so many of the latest frames.
const fn mask(frames: u16) -> u64 {
    !u64::MAX.unbounded_shl(frames as u32)
}

/// The mean in dB over the bands that count.
fn loudness(params: &RunningParams<'_>, frame: impl Iterator<Item = i16>) -> i16 {
    let [first, end] = params.loudness_bands.map(usize::from);
    let bands = frame.take(end).skip(first);
    let (sum, count) = bands.fold((0i32, 0i32), |(sum, count), value| {
        (sum.saturating_add(value.into()), count.saturating_add(1))
    });
    sum.checked_div(count).unwrap_or(0) as i16
}

/// Puts a value where it belongs among others that fall; the last one drops out.
fn insert(ranked: &mut [i16], value: i16) {
    let mut value = value;
    for place in ranked {
        if value > *place {
            core::mem::swap(place, &mut value);
        }
    }
}
