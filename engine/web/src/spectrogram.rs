use engine::front_end::{FrontEndParams, MelFrames, decibel};
use engine::listen::{Conversion, Resampler};

/// The quietest that is told apart, and steps to a decibel.
const QUIETEST: f32 = -80.0;
const STEPS: f32 = 2.0;

/// The model's own mel frames of a stream, whether somebody speaks or not: for a picture.
pub(crate) struct Spectrogram {
    resampler: Option<Resampler<'static>>,
    mel_frames: Box<MelFrames>,
    scratch: Vec<f32>,
    bands: usize,
    /// Of the latest samples, column after column.
    columns: Vec<u8>,
}

impl Spectrogram {
    pub(crate) fn new(front_end: &FrontEndParams<'_>, conversion: Option<Conversion<'static>>) -> Self {
        let mut mel_frames = Box::new(MelFrames::new());
        mel_frames.configure(front_end);
        Self {
            resampler: conversion.map(Resampler::new),
            mel_frames,
            scratch: vec![0.0; MelFrames::scratch_len(front_end)],
            bands: front_end.mel_bands.into(),
            columns: Vec::new(),
        }
    }

    pub(crate) fn hear(&mut self, samples: &[i16]) {
        let resampled = self.resampler.as_mut().map(|resampler| resample(resampler, samples));
        let mut samples = resampled.as_deref().unwrap_or(samples);
        self.columns.clear();
        while let Some(power) = self.mel_frames.next(&mut samples, &mut self.scratch) {
            // The conversion saturates.
            self.columns.extend(power.iter().map(|&power| ((decibel(power) - QUIETEST) * STEPS) as u8));
        }
    }

    pub(crate) fn columns(&self) -> &[u8] {
        &self.columns
    }

    pub(crate) fn count(&self) -> usize {
        self.columns.len() / self.bands.max(1)
    }
}

/// A whole recording at another rate.
pub(crate) fn converted(conversion: Conversion<'_>, samples: &[i16]) -> Vec<i16> {
    let mut resampler = Resampler::new(conversion);
    let silence = vec![0; resampler.delay()];
    [samples, &silence].map(|samples| resample(&mut resampler, samples)).concat()
}

/// The next samples at another rate.
pub(crate) fn resample(resampler: &mut Resampler<'_>, samples: &[i16]) -> Vec<i16> {
    let mut resampled = Vec::new();
    for &sample in samples {
        resampler.push(sample);
        resampled.extend(std::iter::from_fn(|| resampler.pull()));
    }
    resampled
}
