use core::ops::Range;

use crate::blob::FrontEndParams;
use crate::front_end::{MAX_MEL_BANDS, STEPS_PER_DECIBEL, bands_within, decibel_steps};

/// The telephone's band, in which all formants that matter lie.
const VOICE_HZ: [u32; 2] = [300, 3400];
/// What counts of the change from a frame to the next, so that one step of the level is not speech: 3 dB.
const MOST_CHANGE: i16 = 3 * STEPS_PER_DECIBEL;
/// What counts of how far bands are below the loudest: 60 dB.
const MOST_BELOW: i16 = 60 * STEPS_PER_DECIBEL;
/// Frames that the means go over, older ones less and less.
const MEMORY: i32 = 32;
/// Fraction bits of the means.
const MEAN_BITS: u32 = 8;

/// The mean change of a voice's loudness from frame to frame, at least: syllables come and go, some four a second.
const LEAST_CHANGE: i32 = mean_of_tenths(15);
/// How far the mean band is below the loudest: noise is flatter, tones are more peaked.
const PEAKEDNESS: Range<i32> = mean_of_tenths(80)..mean_of_tenths(400);
/// How far the loudest band for voices is below the loudest of all, at most: hum is beyond.
const MOST_OUTSIDE: i32 = mean_of_tenths(150);
/// Frames before there is a judgement.
const LEAST_FRAMES: u16 = 20;

const fn mean_of_tenths(decibel_tenths: i32) -> i32 {
    (decibel_tenths * STEPS_PER_DECIBEL as i32 / 10) << MEAN_BITS
}

/// Whether sound has the shape of speech, in time and in frequency, by the mel frames of the last second or so.
///
/// Of forty clips of RAVDESS, with white noise 10 dB below them or without, 99 % of the frames change by more than 1.5 dB in
/// the middle of the voice's band (white noise: 0.9), have the mean band 8 to 35 dB below the loudest (white noise: 4, a
/// tone: 58), and lose at most 7 dB outside of 300 to 3400 Hz (mains hum: 15).
pub(in crate::listen) struct Shape {
    voice_bands: Range<u16>,
    frames: u16,
    /// Frames since the shape was last that of speech.
    unlike: u16,
    loudness: i16,
    change: i32,
    peakedness: i32,
    outside: i32,
}

impl Shape {
    pub(in crate::listen) const fn new() -> Self {
        Self { voice_bands: 0..0, frames: 0, unlike: 0, loudness: 0, change: 0, peakedness: 0, outside: 0 }
    }

    /// Takes on a model's mel bands.
    pub(in crate::listen) fn configure(&mut self, params: &FrontEndParams<'_>) {
        *self = Self { voice_bands: bands_within(params, VOICE_HZ), ..Self::new() };
    }

    /// Forgets what was heard.
    pub(in crate::listen) fn reset(&mut self) {
        *self = Self { voice_bands: self.voice_bands.clone(), ..Self::new() };
    }

    /// Whether what was heard last is like speech.
    pub(in crate::listen) const fn is_speech(&self) -> bool {
        self.frames >= LEAST_FRAMES && self.unlike == 0
    }

    /// Frames since it was like speech; since the beginning if it never was.
    pub(in crate::listen) const fn unlike(&self) -> u16 {
        self.unlike
    }

    /// Hears the next frame of mel power.
    pub(in crate::listen) fn hear(&mut self, power: &[f32]) {
        let mut decibels = [i16::MIN; MAX_MEL_BANDS];
        decibels.iter_mut().zip(power).for_each(|(place, &power)| *place = decibel_steps(power));
        let bands = decibels.get(..power.len()).unwrap_or(&decibels);
        let loudest = bands.iter().copied().max().unwrap_or(i16::MIN);
        let [first, end] = [self.voice_bands.start, self.voice_bands.end].map(usize::from);
        let of_voice = bands.iter().copied().take(end).skip(first).max().unwrap_or(loudest);
        let change = of_voice.abs_diff(self.loudness).min(MOST_CHANGE.unsigned_abs());
        let change = if self.frames == 0 { 0 } else { i32::from(change) };
        self.loudness = of_voice;
        self.frames = self.frames.saturating_add(1);
        let below = |band: i16| i32::from(loudest).saturating_sub(band.into()).min(MOST_BELOW.into());
        let sum = bands.iter().fold(0_i32, |sum, &band| sum.saturating_add(below(band)));
        let peakedness = sum.checked_div(bands.len() as i32).unwrap_or(0);
        let share = i32::from(self.frames).min(MEMORY);
        update(&mut self.change, change, share);
        update(&mut self.peakedness, peakedness, share);
        update(&mut self.outside, below(of_voice), share);
        self.unlike = if self.fits() { 0 } else { self.unlike.saturating_add(1) };
    }

    fn fits(&self) -> bool {
        self.frames >= LEAST_FRAMES
            && self.change >= LEAST_CHANGE
            && PEAKEDNESS.contains(&self.peakedness)
            && self.outside <= MOST_OUTSIDE
    }
}

/// Moves a mean by its share of the way to the next value.
fn update(mean: &mut i32, value: i32, share: i32) {
    let difference = (value << MEAN_BITS).saturating_sub(*mean);
    *mean = mean.saturating_add(difference.checked_div(share).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    fn shape_of(frame: impl Fn(u16, u16) -> f32) -> Shape {
        let mut shape = Shape { voice_bands: 4..30, ..Shape::new() };
        for t in 0..100 {
            let power: std::vec::Vec<f32> = (0..64).map(|band| frame(t, band)).collect();
            shape.hear(&power);
        }
        shape
    }

    /// Three formants under a slope, in syllables of ten frames.
    fn voice(t: u16, band: u16) -> f32 {
        let formant = if matches!(band, 8 | 15 | 22) { 100.0 } else { 1.0 };
        let syllable = [1.0, 3.0, 10.0, 30.0, 30.0, 15.0, 7.0, 3.0, 1.5, 1.0];
        formant * syllable[usize::from(t % 10)] * 10_f32.powi(-i32::from(band / 16)) * 1e-3
    }

    #[test]
    fn syllables_with_formants_are_speech() {
        assert!(shape_of(voice).is_speech());
    }

    #[test]
    fn steady_flat_and_narrow_sounds_are_not() {
        assert!(!shape_of(|_, band| voice(3, band)).is_speech(), "a steady voice");
        assert!(!shape_of(|t, _| voice(t, 0)).is_speech(), "flat");
        assert!(!shape_of(|t, band| if band == 9 { voice(t, 8) } else { 1e-10 }).is_speech(), "a tone");
        assert!(!shape_of(|t, band| if band < 3 { voice(t, 8) } else { 1e-9 }).is_speech(), "hum");
        assert!(!shape_of(|_, _| 0.0).is_speech(), "silence");
        assert_eq!(shape_of(|_, _| f32::INFINITY).unlike(), 100);
    }
}
