use super::conditioning::{Conditioner, Resampler};
use super::gate::{Gate, Turn};
use super::{Gain, GateSettings, Settings};

/// Samples that are heard at once; fewer than any hop, so that no call completes two frames.
const BLOCK: usize = 128;

/// From words to blocks of samples at the model's rate, and whether they are loud.
pub(super) struct Ear<'f> {
    sample_rate: u32,
    conditioner: Conditioner,
    pub(super) gate: Gate,
    /// None if the microphone has the model's rate.
    resampler: Option<Resampler<'f>>,
    block: [i16; BLOCK],
    filled: usize,
}

impl<'f> Ear<'f> {
    pub(super) const fn new() -> Self {
        Self {
            sample_rate: 0,
            conditioner: Conditioner::new(0, Gain::NONE),
            gate: Gate::new(0, GateSettings::DEFAULT),
            resampler: None,
            block: [0; BLOCK],
            filled: 0,
        }
    }

    /// For a model's sample rate in Hz.
    pub(super) fn configure(&mut self, model_rate: u32, settings: &Settings<'f>) {
        let sample_rate = settings.conversion.map_or(model_rate, |conversion| conversion.input_rate());
        *self = Self {
            sample_rate,
            conditioner: Conditioner::new(sample_rate, settings.gain),
            gate: Gate::new(sample_rate, settings.gate),
            resampler: settings.conversion.map(Resampler::new),
            ..Self::new()
        };
    }

    /// The microphone's, in Hz.
    pub(super) const fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Conditions a sample of 24 bits, and hears how loud it is.
    pub(super) fn hear(&mut self, sample: i32) -> (i16, Option<Turn>) {
        let sample = self.conditioner.condition_sample(sample);
        (sample, self.gate.hear(sample))
    }

    /// A recording begins.
    pub(super) fn reset(&mut self) {
        self.filled = 0;
        if let Some(resampler) = &mut self.resampler {
            resampler.reset();
        }
    }

    /// Samples that a recording's end lags behind.
    pub(super) fn delay(&self) -> usize {
        self.resampler.as_ref().map_or(0, Resampler::delay)
    }

    /// Takes a sample of the recording to the model's rate. Whether the block is full and has to be heard.
    pub(super) fn convert(&mut self, sample: i16) -> bool {
        match &mut self.resampler {
            None => append(&mut self.block, &mut self.filled, sample),
            Some(resampler) => {
                resampler.push(sample);
                while let Some(sample) = resampler.pull() {
                    append(&mut self.block, &mut self.filled, sample);
                }
            }
        }
        // A sample from 4 kHz can become 48 at 192 kHz.
        self.filled >= const { BLOCK - 48 }
    }

    pub(super) fn block(&self) -> &[i16] {
        self.block.get(..self.filled).unwrap_or_default()
    }

    /// The block has been heard.
    pub(super) const fn clear(&mut self) {
        self.filled = 0;
    }
}

fn append(block: &mut [i16], filled: &mut usize, sample: i16) {
    if let Some(place) = block.get_mut(*filled) {
        *place = sample;
        *filled = filled.saturating_add(1);
    }
}
