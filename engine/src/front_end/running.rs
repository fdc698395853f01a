use super::frames::{Frame, Frames};
use super::voice::VoiceMemory;
use crate::blob::RunningParams;

/// The most frames that wait for what comes after them.
pub(crate) const MAX_HELD: u8 = 64;
/// The most frames for which a loudness has to last.
pub(crate) const MAX_LASTING: u8 = 8;

/// The memory of [`Features`].
pub(super) struct Memory<'m> {
    pub(super) frames: &'m mut [i8],
    pub(super) voice: &'m mut [i8],
}

/// Follows speech from frame to frame, so that features have a reference that needs little future.
///
/// A frame's loudness is that of its loudest band, of some. The level is the highest loudness that has lasted for a few
/// frames (so that no click sets it) since the utterance began, and it never falls until speech has paused. Each frame
/// waits for some that come after it, and is relative to the level by then: that of an utterance's beginning already
/// knows how loud it becomes.
pub(super) struct Running {
    latest: Latest,
    /// In 1/128 dB.
    level: i16,
    /// Frames without speech since the last one with.
    quiet: u16,
    is_over: bool,
}

impl Running {
    /// Not started yet. (All zeros, so that a static costs no flash.)
    pub(super) const fn new() -> Self {
        Self { latest: Latest([0; MAX_LASTING as usize]), level: 0, quiet: 0, is_over: false }
    }

    /// Nothing has been heard.
    pub(super) const fn start() -> Self {
        Self { latest: Latest::start(), level: i16::MIN, quiet: 0, is_over: false }
    }

    /// Takes note of the latest frame, which waits already.
    pub(super) fn notice(&mut self, params: &RunningParams<'_>, frames: &Frames, memory: &[i8]) {
        let loudness = loudness(params, frames.get(frames.len().saturating_sub(1), memory));
        let lasting = self.latest.push(loudness, params.lasting);
        self.level = self.level.max(params.quietest).max(lasting);
    }

    /// The next frame that need not wait any longer, and the level that it is relative to.
    pub(super) fn next(
        &mut self,
        params: &RunningParams<'_>,
        frames: &mut Frames,
        voice: &mut VoiceMemory,
        Memory { frames: waiting, voice: heard }: &mut Memory<'_>,
    ) -> Option<(Frame, i16)> {
        if self.quiet == params.pause {
            self.quiet = self.quiet.saturating_add(1);
            self.begin_utterance(params, frames, waiting);
            voice.end_utterance(params, heard);
        }
        if self.is_over && frames.len() == 0 {
            voice.end_utterance(params, heard);
        }
        if !(self.is_over || frames.is_full()) {
            return None;
        }
        let frame = frames.pop()?;
        let level = self.level;
        if loudness(params, frame.decibels(waiting)) > level.saturating_sub(params.speech_below) {
            self.quiet = 0;
            voice.hear(params, frame.decibels(waiting), level, heard);
        } else {
            self.quiet = self.quiet.saturating_add(1);
        }
        Some((frame, level))
    }

    /// The recording is over: whatever waits may leave.
    pub(super) const fn end(&mut self) {
        self.is_over = true;
    }

    /// The level by the frames that wait: they may be of the next utterance.
    fn begin_utterance(&mut self, params: &RunningParams<'_>, frames: &Frames, memory: &[i8]) {
        self.level = params.quietest;
        let mut latest = Latest::start();
        for index in 0..frames.len() {
            let lasting = latest.push(loudness(params, frames.get(index, memory)), params.lasting);
            self.level = self.level.max(lasting);
        }
    }
}

/// The loudness of the latest frames, the latest one's first.
struct Latest([i16; MAX_LASTING as usize]);

impl Latest {
    /// Nothing has been heard.
    const fn start() -> Self {
        Self([i16::MIN; MAX_LASTING as usize])
    }

    /// Takes in a frame's loudness. Returns the one that the last `lasting` frames, at least 1, have all reached.
    // Not inlined: unrolled in two places it takes 1.5 KiB of flash.
    #[inline(never)]
    fn push(&mut self, loudness: i16, lasting: u8) -> i16 {
        self.0.rotate_right(1);
        if let Some(latest) = self.0.first_mut() {
            *latest = loudness;
        }
        self.0.iter().take(lasting.into()).min().copied().unwrap_or(i16::MIN)
    }
}

/// The loudest of the bands that count.
fn loudness(params: &RunningParams<'_>, frame: impl Iterator<Item = i16>) -> i16 {
    let [first, end] = params.loudness_bands.map(usize::from);
    frame.take(end).skip(first).max().unwrap_or(i16::MIN)
}
