use std::cell::Cell;

use anyhow::Context;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _, ResamplerConstructionError};

use super::smooth::next_smooth;

/// Input samples per block of the filter, at least: the more, the steeper it is below half the sample rate.
const BLOCK: usize = 4096;

thread_local! {
    /// The latest filter: many recordings of a corpus have the same rate, and a filter takes time to plan.
    static LATEST: Cell<Option<Planned>> = const { Cell::new(None) };
}

/// A filter, and the rates that it goes from and to.
struct Planned {
    rates: [usize; 2],
    filter: Fft<f64>,
}

/// Brings samples that come in any portions from one rate to another, band-limited, without delay.
pub(super) struct Resampler {
    from: usize,
    to: usize,
    filter: Fft<f64>,
    /// Samples that wait until they are a block.
    waiting: Vec<f64>,
    /// A block of what comes out.
    block: Vec<f64>,
    /// What is still to leave out: the filter's delay.
    delay: usize,
    /// Samples that came, and that went.
    taken: usize,
    given: usize,
}

impl Resampler {
    /// The rates are in Hz or in any other unit.
    ///
    /// # Errors
    /// A rate is 0.
    pub(super) fn new(from: u32, to: u32) -> anyhow::Result<Self> {
        let failed = || format!("cannot resample from {from} Hz to {to} Hz");
        let (from, to) = (from as usize, to as usize);
        let filter = filter(from, to).with_context(failed)?;
        Ok(Self {
            from,
            to,
            waiting: Vec::with_capacity(filter.input_frames_next()),
            block: vec![0.0; filter.output_frames_next()],
            delay: filter.output_delay(),
            filter,
            taken: 0,
            given: 0,
        })
    }

    /// Takes the next samples, and adds to `resampled` what they make possible.
    ///
    /// # Errors
    /// The filter fails, which it has no reason to.
    pub(super) fn push(&mut self, mut samples: &[f64], resampled: &mut Vec<f64>) -> anyhow::Result<()> {
        self.taken += samples.len();
        while !samples.is_empty() {
            let missing = self.filter.input_frames_next() - self.waiting.len();
            let (next, rest) = samples.split_at(missing.min(samples.len()));
            self.waiting.extend_from_slice(next);
            samples = rest;
            if self.waiting.len() == self.filter.input_frames_next() {
                self.filter(resampled)?;
            }
        }
        Ok(())
    }

    /// The samples are over: adds what is left, `ceil(samples * to / from)` in all.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(super) fn end(mut self, resampled: &mut Vec<f64>) -> anyhow::Result<()> {
        let all = (self.taken * self.to).div_ceil(self.from);
        while self.given < all {
            self.filter(resampled)?;
        }
        resampled.truncate(resampled.len() - (self.given - all));
        LATEST.set(Some(Planned { rates: [self.from, self.to], filter: self.filter }));
        Ok(())
    }

    /// Filters what waits, filled up with silence to a block.
    fn filter(&mut self, resampled: &mut Vec<f64>) -> anyhow::Result<()> {
        let (count, length) = (self.waiting.len(), self.block.len());
        let indexing = Indexing { partial_len: Some(count), ..Indexing::default() };
        let input = InterleavedSlice::new(&self.waiting, 1, count)?;
        let mut output = InterleavedSlice::new_mut(&mut self.block, 1, length)?;
        self.filter.process_into_buffer(&input, &mut output, Some(&indexing))?;
        self.waiting.clear();
        let skipped = self.delay.min(length);
        self.delay -= skipped;
        self.given += length - skipped;
        resampled.extend_from_slice(&self.block[skipped..]);
        Ok(())
    }
}

/// A filter that has heard nothing.
fn filter(from: usize, to: usize) -> Result<Fft<f64>, ResamplerConstructionError> {
    if let Some(Planned { rates, mut filter }) = LATEST.take()
        && rates == [from, to]
    {
        filter.reset();
        return Ok(filter);
    }
    // An even number of the smallest blocks: half a block, the filter's delay, is then a whole number of samples.
    let unit = (2 * from / gcd(from, to).max(1)).max(1);
    let block = unit * next_smooth(BLOCK.div_ceil(unit));
    Fft::new(from, to, block, 1, FixedSync::Both)
}

/// Brings samples from one rate to another, both in Hz or in any other unit, band-limited, without delay.
///
/// `ceil(samples.len() * to / from)` samples come back.
///
/// # Errors
/// A rate is 0.
pub(crate) fn resample(samples: &[f64], from: u32, to: u32) -> anyhow::Result<Vec<f64>> {
    let mut resampler = Resampler::new(from, to)?;
    let mut resampled = Vec::new();
    resampler.push(samples, &mut resampled)?;
    resampler.end(&mut resampled)?;
    Ok(resampled)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use proptest::prelude::*;

    use super::*;
    use crate::audio::SAMPLE_RATE;

    const RATES: [u32; 9] = [8_000, 11_025, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000];

    fn tone(frequency: f64, sample_rate: u32, count: usize) -> Vec<f64> {
        (0..count).map(|n| (TAU * frequency * n as f64 / f64::from(sample_rate)).sin()).collect()
    }

    /// A second of a tone, resampled, without the ends, where it is switched on and off.
    fn middle_of_resampled(frequency: f64, sample_rate: u32) -> (usize, Vec<f64>) {
        let resampled =
            resample(&tone(frequency, sample_rate, sample_rate as usize), sample_rate, SAMPLE_RATE).unwrap();
        let start = resampled.len() / 4;
        (start, resampled[start..3 * start].to_vec())
    }

    #[test]
    fn a_tone_stays_where_and_what_it_is() {
        for sample_rate in RATES.into_iter().chain([44_101, 191_999]) {
            let highest = f64::from(sample_rate.min(SAMPLE_RATE)) * 0.45;
            for frequency in [100.0, 1000.0, highest] {
                let (start, resampled) = middle_of_resampled(frequency, sample_rate);
                let expected = tone(frequency, SAMPLE_RATE, start + resampled.len());
                for (found, expected) in resampled.iter().zip(&expected[start..]) {
                    let error = (found - expected).abs();
                    assert!(error < 1e-4, "{frequency} Hz at {sample_rate} Hz: {error}");
                }
            }
        }
    }

    #[test]
    fn what_the_new_rate_can_not_hold_is_80_db_down() {
        for sample_rate in [24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            for frequency in [11_500.0, 0.49 * f64::from(sample_rate)] {
                let (_, resampled) = middle_of_resampled(frequency, sample_rate);
                let loudest = resampled.iter().fold(0.0, |loudest: f64, sample| loudest.max(sample.abs()));
                assert!(loudest < 1e-4, "{frequency} Hz at {sample_rate} Hz: {loudest}");
            }
        }
    }

    #[test]
    fn an_impulse_stays_in_place() {
        for sample_rate in RATES {
            // A position that is a whole sample at both rates: 0.2 s.
            let mut impulse = vec![0.0; sample_rate as usize / 2];
            impulse[sample_rate as usize / 5] = 1.0;
            let response = resample(&impulse, sample_rate, SAMPLE_RATE).unwrap();
            let centre = SAMPLE_RATE as usize / 5;
            let loudest = (0..response.len()).max_by(|&a, &b| response[a].total_cmp(&response[b]));
            assert_eq!(loudest, Some(centre), "{sample_rate} Hz");
            for distance in 1..1000 {
                let difference = response[centre - distance] - response[centre + distance];
                assert!(difference.abs() < 1e-9, "{sample_rate} Hz");
            }
        }
    }

    proptest! {
        #[test]
        fn the_length_follows_the_rates(length in 1..5000usize, sample_rate in prop::sample::select(&RATES[..])) {
            for to in [8_000, 22_050, 48_000] {
                let resampled = resample(&vec![0.25; length], sample_rate, to).unwrap();
                prop_assert_eq!(resampled.len(), (length * to as usize).div_ceil(sample_rate as usize));
            }
        }

        /// rubato's own way through a whole recording is the reference, to the bit.
        #[test]
        fn any_portions_give_what_the_whole_gives(
            samples in prop::collection::vec(-1.0..1.0, 0..30_000),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            from in prop::sample::select(&[8_000, 44_100, 44_101, 48_000][..]),
        ) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.index(samples.len() + 1)).collect();
            cuts.extend([0, samples.len()]);
            cuts.sort_unstable();
            let mut resampler = Resampler::new(from, SAMPLE_RATE).unwrap();
            let block = resampler.filter.input_frames_next();
            let mut resampled = Vec::new();
            for cut in cuts.windows(2) {
                resampler.push(&samples[cut[0]..cut[1]], &mut resampled).unwrap();
            }
            resampler.end(&mut resampled).unwrap();

            let mut whole = Fft::<f64>::new(from as usize, SAMPLE_RATE as usize, block, 1, FixedSync::Both).unwrap();
            let input = InterleavedSlice::new(&samples, 1, samples.len()).unwrap();
            prop_assert_eq!(resampled, whole.process_all(&input, samples.len(), None).unwrap().take_data());
        }
    }
}
