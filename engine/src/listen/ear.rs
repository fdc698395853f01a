use super::conditioning::{Conditioner, Resampler};
use super::gate::{Gate, PreRoll, Turn};
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

/// What was heard of some samples.
pub(super) struct Heard {
    /// Samples, at least one unless there were none.
    pub(super) count: usize,
    /// The latest, conditioned.
    pub(super) latest: i16,
    /// What the gate did with it.
    pub(super) turn: Option<Turn>,
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

    /// Conditions samples of 24 bits, keeps them, and hears how loud they are, up to where the gate turns.
    pub(super) fn hear(&mut self, samples: &[i32], pre_roll: &mut PreRoll) -> Heard {
        let mut heard = Heard { count: 0, latest: 0, turn: None };
        for &sample in samples {
            heard.latest = self.conditioner.condition_sample(sample);
            pre_roll.push(heard.latest);
            heard.count = heard.count.wrapping_add(1);
            heard.turn = self.gate.hear(heard.latest);
            if heard.turn.is_some() {
                break;
            }
        }
        heard
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
