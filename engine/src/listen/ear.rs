use super::conditioning::{Conditioner, Resampler};
use super::gate::{Gate, PreRoll, Turn};
use super::{Gain, Settings};

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
    /// Not configured yet. (All zeros, so that a static costs no flash.)
    pub(super) const fn new() -> Self {
        Self {
            sample_rate: 0,
            conditioner: Conditioner::new(0, Gain::ZERO),
            gate: Gate::unset(),
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

    /// Conditions a sample of 24 bits, keeps it, and hears how loud it is.
    pub(super) fn hear(&mut self, sample: i32, pre_roll: &mut PreRoll) -> (i16, Option<Turn>) {
        let sample = self.conditioner.condition_sample(sample);
        pre_roll.push(sample);
        (sample, self.gate.hear(&[sample]))
    }

    /// The same for all samples up to where the gate judges next, at less cost; `conditioned` is where they go. Returns
    /// how many there were.
    pub(super) fn hear_many(
        &mut self,
        samples: &[i32],
        conditioned: &mut [i16],
        pre_roll: &mut PreRoll,
    ) -> (usize, Option<Turn>) {
        let count = samples.len().min(self.gate.missing()).min(conditioned.len());
        let (conditioned, _) = conditioned.split_at_mut(count);
        for (place, &sample) in conditioned.iter_mut().zip(samples) {
            *place = self.conditioner.condition_sample(sample);
        }
        pre_roll.extend(conditioned);
        (count, self.gate.hear(conditioned))
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
