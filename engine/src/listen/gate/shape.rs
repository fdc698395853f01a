use core::ops::Range;

use crate::blob::FrontEndParams;
use crate::front_end::{STEPS_PER_DECIBEL, bands_within};

/// The telephone's band, in which all formants that matter lie.
const VOICE_HZ: [u32; 2] = [300, 3400];
/// What counts of the change from a frame to the next, so that one step of the level is not speech: 3 dB.
const MOST_CHANGE: i16 = 3 * STEPS_PER_DECIBEL;
/// What counts of how far a band for voices is below the loudest of them: 40 dB.
const MOST_BELOW: i16 = 40 * STEPS_PER_DECIBEL;
/// What counts of how far any band is below the loudest of all: 60 dB.
const MOST_BELOW_ALL: i16 = 60 * STEPS_PER_DECIBEL;
/// What the means go over, in ms; older frames count less and less.
const MEMORY: u32 = 560;
/// What is heard before there is a judgement, in ms.
const LEAST: u32 = 465;
/// Fraction bits of the means.
const MEAN_BITS: u32 = 8;

/// The mean change of a voice's level from frame to frame, at least: syllables come and go, some four a second, but
/// noise stays.
const LEAST_CHANGE: i32 = mean_of_tenths(9);
/// The mean difference between neighbouring bands: formants make a voice rougher than noise, a chord's notes are
/// rougher still.
const ROUGHNESS: Range<i32> = mean_of_tenths(23)..mean_of_tenths(56);
/// How far the mean band is below the loudest, at most: tones are beyond.
const MOST_PEAKED: i32 = mean_of_tenths(360);

const fn mean_of_tenths(decibel_tenths: i32) -> i32 {
    (decibel_tenths * STEPS_PER_DECIBEL as i32 / 10) << MEAN_BITS
}

/// Whether sound has the shape of speech, in time and in frequency, by the mel frames of the last half second or so.
///
/// The bounds lie where they tell recordings of RAVDESS, CREMA-D and nEMO from made sounds, by 64 mel bands. Of frames
/// of speech 10 dB above white noise the middle ones change by 1.1 dB and are 3.0 dB rough; with nothing else around,
/// by 1.5 and 3.4 dB. White, pink and brown noise change by 0.4 dB at most and are 1.8 dB rough, a motor's noise is 2.0
/// dB rough, plucked chords 6.3 dB; beeps and chords have the mean band 38 dB and more below the loudest, speech 18 to
/// 33.
pub(in crate::listen) struct Shape {
    voice_bands: Range<u16>,
    /// In Hz, and in samples.
    sample_rate: u32,
    hop_length: u32,
    frames: u16,
    /// Frames since the shape was last that of speech.
    unlike: u16,
    level: i16,
    change: i32,
    roughness: i32,
    peakedness: i32,
}

impl Shape {
    pub(in crate::listen) const fn new() -> Self {
        Self {
            voice_bands: 0..0,
            sample_rate: 0,
            hop_length: 0,
            frames: 0,
            unlike: 0,
            level: 0,
            change: 0,
            roughness: 0,
            peakedness: 0,
        }
    }

    /// Takes on a model's mel bands.
    pub(in crate::listen) fn configure(&mut self, params: &FrontEndParams<'_>) {
        *self = Self {
            voice_bands: bands_within(params, VOICE_HZ),
            sample_rate: params.sample_rate,
            hop_length: params.hop_length.into(),
            ..Self::new()
        };
    }

    /// Forgets what was heard.
    pub(in crate::listen) fn reset(&mut self) {
        let Self { voice_bands, sample_rate, hop_length, .. } = self;
        let (sample_rate, hop_length) = (*sample_rate, *hop_length);
        *self = Self { voice_bands: voice_bands.clone(), sample_rate, hop_length, ..Self::new() };
    }

    /// Whether what was heard last is like speech.
    pub(in crate::listen) fn is_speech(&self) -> bool {
        self.has_heard_enough() && self.unlike == 0
    }

    /// For how long it has not been like speech, in ms; since the beginning if it never was.
    pub(in crate::listen) fn unlike(&self) -> u32 {
        let samples = u32::from(self.unlike).saturating_mul(self.hop_length);
        let milliseconds = u64::from(samples).saturating_mul(1000).checked_div(self.sample_rate.into());
        milliseconds.unwrap_or(0) as u32
    }

    /// Hears the next frame of mel bands, in 1/128 dB.
    pub(in crate::listen) fn hear(&mut self, bands: &[i16]) {
        let [first, end] = [self.voice_bands.start, self.voice_bands.end].map(usize::from);
        let voice = bands.get(first..end).filter(|voice| !voice.is_empty()).unwrap_or(bands);

        let level = mean(voice.iter().map(|&band| band.into())) as i16;
        let change = level.abs_diff(self.level).min(MOST_CHANGE.unsigned_abs());
        let change = if self.frames == 0 { 0 } else { i32::from(change) };
        self.level = level;
        let below = depths(voice, MOST_BELOW);
        let neighbours = below.clone().zip(below.skip(1));
        let roughness = mean(neighbours.map(|(a, b)| a.saturating_sub(b).saturating_abs()));
        let peakedness = mean(depths(bands, MOST_BELOW_ALL));

        self.frames = self.frames.saturating_add(1);
        let share = i32::from(self.frames).min(self.frames_in(MEMORY).into());
        update(&mut self.change, change, share);
        update(&mut self.roughness, roughness, share);
        update(&mut self.peakedness, peakedness, share);
        self.unlike = if self.fits() { 0 } else { self.unlike.saturating_add(1) };
    }

    fn fits(&self) -> bool {
        self.has_heard_enough()
            && self.change >= LEAST_CHANGE
            && ROUGHNESS.contains(&self.roughness)
            && self.peakedness <= MOST_PEAKED
    }

    fn has_heard_enough(&self) -> bool {
        self.frames >= self.frames_in(LEAST)
    }

    /// Frames of so many ms, at least one.
    fn frames_in(&self, milliseconds: u32) -> u16 {
        let samples = u64::from(milliseconds).saturating_mul(self.sample_rate.into()) / 1000;
        samples.checked_div(self.hop_length.into()).unwrap_or(0).clamp(1, u16::MAX.into()) as u16
    }
}

/// How far bands are below the loudest of them, up to `most`.
fn depths(bands: &[i16], most: i16) -> impl Iterator<Item = i32> + Clone {
    let loudest = bands.iter().copied().max().unwrap_or(i16::MIN);
    bands.iter().map(move |&band| i32::from(loudest).saturating_sub(band.into()).min(most.into()))
}

fn mean(values: impl Iterator<Item = i32>) -> i32 {
    let (count, sum) = values
        .fold((0_i32, 0_i32), |(count, sum), value| (count.saturating_add(1), sum.saturating_add(value)));
    sum.checked_div(count).unwrap_or(0)
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
    use crate::front_end::decibel_steps;

    fn shape_of(frame: impl Fn(u16, u16) -> f32) -> Shape {
        let mut shape = Shape { voice_bands: 4..30, sample_rate: 22_050, hop_length: 512, ..Shape::new() };
        for t in 0..100 {
            let bands: std::vec::Vec<i16> = (0..64).map(|band| decibel_steps(frame(t, band))).collect();
            shape.hear(&bands);
        }
        shape
    }

    /// Three formants under a slope, in syllables of ten frames.
    fn voice(t: u16, band: u16) -> f32 {
        let formant = if matches!(band, 7..=9 | 14..=16 | 21..=23) { 100.0 } else { 3.0 };
        let syllable = [1.0, 3.0, 10.0, 30.0, 30.0, 15.0, 7.0, 3.0, 1.5, 1.0];
        formant * syllable[usize::from(t % 10)] * 10_f32.powi(-i32::from(band / 16)) * 1e-3
    }

    #[test]
    fn syllables_with_formants_are_speech() {
        assert!(shape_of(voice).is_speech());
        // Above steady noise, too, that fills the gaps.
        assert!(shape_of(|t, band| voice(t, band) + 0.01).is_speech());
    }

    #[test]
    fn steady_flat_and_narrow_sounds_are_not() {
        assert!(!shape_of(|_, band| voice(3, band)).is_speech(), "a steady voice");
        assert!(!shape_of(|t, _| voice(t, 0)).is_speech(), "flat");
        assert!(!shape_of(|t, band| if band == 9 { voice(t, 8) } else { 1e-10 }).is_speech(), "a tone");
        assert!(!shape_of(|t, band| if band < 3 { voice(t, 8) } else { 1e-9 }).is_speech(), "hum");
        assert!(!shape_of(|t, band| if band % 4 == 0 { voice(t, 8) } else { 1e-9 }).is_speech(), "a chord");
        assert!(!shape_of(|_, _| 0.0).is_speech(), "silence");
        // 100 hops of 512 samples at 22050 Hz.
        assert_eq!(shape_of(|_, _| f32::INFINITY).unlike(), 2321);
    }

    /// A band of 10 dB below its neighbours has two steps of 10 dB beside it.
    #[test]
    fn roughness_and_peakedness_are_worked_by_hand() {
        let shape = shape_of(|_, band| if band == 10 { 0.1 } else { 1.0 });
        let decibels = |mean: i32| f64::from(mean) / f64::from(1 << MEAN_BITS) / f64::from(STEPS_PER_DECIBEL);
        assert!((decibels(shape.roughness) - 20.0 / 25.0).abs() < 0.02);
        assert!((decibels(shape.peakedness) - 10.0 / 64.0).abs() < 0.02);
        assert!(decibels(shape.change).abs() < 1e-9);
    }
}
