use super::filter::{COEFFICIENT_BITS, Conversion, MAX_TAPS, PHASE_BITS};
use super::inner_product::inner_product;

/// Bits of the place between two phases.
const BETWEEN_BITS: u32 = 15;
const PLACE_BITS: u32 = PHASE_BITS + BETWEEN_BITS;

/// Goes from one sample rate to another, sample by sample, with a [`Filter`](super::Filter).
///
/// Output sample `n` lies at input time `n * input_rate / output_rate`, exactly and for ever: the place is kept as a
/// fraction of whole numbers. It needs half a filter's length of input behind it; the first one is at time 0, before
/// which there was silence. Sums are exact in 32 bits, the result is rounded to the nearest and saturates.
/// ```
/// use prosodia::listen::{Filter, Resampler, filter_len};
/// use prosodia::{Classifier, NotReady};
///
/// static FROM_16000: Filter<{ filter_len(16_000, 22_050) }> = Filter::new(16_000, 22_050);
///
/// /// Hears a buffer of 16 kHz with a model of 22.05 kHz.
/// fn hear<const ARENA: usize>(
///     resampler: &mut Resampler<'_>,
///     classifier: &mut Classifier<'_, ARENA>,
///     buffer: &[i16],
/// ) -> Result<(), NotReady> {
///     for &sample in buffer {
///         resampler.push(sample);
///         while let Some(sample) = resampler.pull() {
///             classifier.push(&[sample], |answer| println!("{}", answer.label()))?;
///         }
///     }
///     Ok(())
/// }
/// let resampler = Resampler::new(FROM_16000.conversion());
/// assert_eq!(resampler.delay(), 16);
/// ```
#[derive(Debug, Clone)]
pub struct Resampler<'f> {
    conversion: Conversion<'f>,
    /// The latest samples, twice, so that they lie in a row from wherever they begin.
    history: [i16; 2 * MAX_TAPS],
    /// Where the oldest one lies, and the next one goes.
    oldest: usize,
    /// Input samples to wait for before the next output sample.
    missing: u32,
    /// How far the next output sample lies behind an input sample, in parts of `output_rate`.
    place: u32,
    /// `2^40 / output_rate`.
    reciprocal: u32,
}

impl<'f> Resampler<'f> {
    /// At the beginning of a recording.
    #[must_use]
    pub const fn new(conversion: Conversion<'f>) -> Self {
        let reciprocal = match (1_u64 << 40).checked_div(conversion.output_rate as u64) {
            Some(reciprocal) => reciprocal as u32,
            None => 0,
        };
        Self {
            conversion,
            history: [0; 2 * MAX_TAPS],
            oldest: 0,
            missing: (conversion.taps as u32 / 2).saturating_add(1),
            place: 0,
            reciprocal,
        }
    }

    /// Starts a recording.
    pub const fn reset(&mut self) {
        *self = Self::new(self.conversion);
    }

    /// Input samples that the output lags behind.
    #[must_use]
    pub const fn delay(&self) -> usize {
        self.conversion.taps / 2
    }

    /// Takes the next input sample. [`pull`](Self::pull) must have said None before.
    pub fn push(&mut self, sample: i16) {
        let taps = self.conversion.taps;
        for place in [self.oldest, self.oldest.saturating_add(taps)] {
            if let Some(place) = self.history.get_mut(place) {
                *place = sample;
            }
        }
        let next = self.oldest.saturating_add(1);
        self.oldest = if next >= taps { 0 } else { next };
        self.missing = self.missing.saturating_sub(1);
    }

    /// The next output sample, if the input for it is there.
    pub fn pull(&mut self) -> Option<i16> {
        if self.missing > 0 {
            return None;
        }
        let sample = self.interpolate();
        let Conversion { input_rate, output_rate, .. } = self.conversion;
        self.missing = input_rate.checked_div(output_rate)?;
        self.place = self.place.saturating_add(input_rate.checked_rem(output_rate)?);
        if let Some(place) = self.place.checked_sub(output_rate) {
            self.place = place;
            self.missing = self.missing.saturating_add(1);
        }
        Some(sample)
    }

    fn interpolate(&self) -> i16 {
        let Conversion { taps, coefficients, .. } = self.conversion;
        let samples = self.history.get(self.oldest..self.oldest.saturating_add(taps)).unwrap_or_default();
        let place = (u64::from(self.place).wrapping_mul(self.reciprocal.into()) >> (40 - PLACE_BITS)) as u32;
        let phase = (place >> BETWEEN_BITS) as usize;
        let start = phase.wrapping_mul(taps);
        let (_, phases) = coefficients.split_at_checked(start).unwrap_or_default();
        let (first, second) = phases.split_at_checked(taps).unwrap_or_default();
        let between = i64::from(place & const { (1 << BETWEEN_BITS) - 1 });
        let first = i64::from(weigh(samples, first));
        if between == 0 {
            return rounded(first, COEFFICIENT_BITS);
        }
        let second = i64::from(weigh(samples, second));
        let difference = second.wrapping_sub(first);
        let sum = (first << BETWEEN_BITS).wrapping_add(difference.wrapping_mul(between));
        rounded(sum, const { COEFFICIENT_BITS + BETWEEN_BITS })
    }
}

#[inline(never)]
fn weigh(samples: &[i16], coefficients: &[i16]) -> i32 {
    inner_product(samples, coefficients)
}

/// A sum without its fraction bits: to the nearest, within an int16.
fn rounded(sum: i64, fraction_bits: u32) -> i16 {
    let half = 1_i64.wrapping_shl(fraction_bits.wrapping_sub(1));
    let whole = sum.wrapping_add(half).wrapping_shr(fraction_bits);
    whole.clamp(i16::MIN.into(), i16::MAX.into()) as i16
}
