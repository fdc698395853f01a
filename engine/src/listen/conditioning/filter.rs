use super::kaiser::{kaiser, sinc};

/// The most input samples that an output sample is made of.
pub const MAX_TAPS: usize = 88;

/// Phases between two input samples; what lies between phases is interpolated.
pub(super) const PHASE_BITS: u32 = 5;
const PHASES: usize = 1 << PHASE_BITS;

/// Fraction bits of a coefficient.
pub(super) const COEFFICIENT_BITS: u32 = 14;

/// Coefficients of a [`Filter`] between two sample rates in Hz.
///
/// # Panics
/// (At compile time.) For rates that [`Filter::new`] refuses.
#[must_use]
pub const fn filter_len(input_rate: u32, output_rate: u32) -> usize {
    if let Some(refusal) = refusal(input_rate, output_rate) {
        panic!("{}", refusal);
    }
    rows(input_rate, output_rate) * taps(input_rate, output_rate)
}

/// The low-pass filter with which a [`Resampler`](super::Resampler) goes from one sample rate to another, computed at
/// compile time: a sinc under a Kaiser window, polyphase.
///
/// Of the lower rate's half (its Nyquist frequency), what is up to 86 % passes within 0.1 dB, and what is above 114 %
/// is at least 60 dB down; -6 dB lies at 100 %, as in scipy's `resample_poly`. An output sample is made of about 29
/// input samples times the ratio by which the rate falls: 32 from 8000, 16000 and 20833 Hz to 22050, 64 from 48000 Hz.
///
/// The phases between two input samples are 32, and two neighbours are interpolated, so that any ratio will do: the
/// images that this leaves are 70 dB down. A rate that falls by a whole factor needs one phase.
///
/// ```
/// use prosodia::listen::{Filter, Resampler, filter_len};
///
/// static FROM_48000: Filter<{ filter_len(48_000, 22_050) }> = Filter::new(48_000, 22_050);
/// let mut resampler = Resampler::new(FROM_48000.conversion());
/// let mut resampled = Vec::new();
/// for _ in 0..480 {
///     resampler.push(1000);
///     resampled.extend(resampler.pull());
/// }
/// assert_eq!(resampled.len(), 206); // 220 less half a filter's length
/// assert_eq!(resampled[100], 1000);
/// ```
#[derive(Debug)]
pub struct Filter<const LEN: usize> {
    input_rate: u32,
    output_rate: u32,
    coefficients: [i16; LEN],
}

/// A [`Filter`] of any length.
#[derive(Debug, Clone, Copy)]
pub struct Conversion<'f> {
    pub(super) input_rate: u32,
    pub(super) output_rate: u32,
    pub(super) taps: usize,
    pub(super) coefficients: &'f [i16],
}

impl<const LEN: usize> Filter<LEN> {
    /// Between two sample rates in Hz of 4000 to 192000; `LEN` is [`filter_len`] of the same. To be called in a
    /// constant or static.
    ///
    /// # Panics
    /// (At compile time.) If the rates are out of range or alike, the input's is more than three times the output's, or
    /// `LEN` is another.
    #[must_use]
    pub const fn new(input_rate: u32, output_rate: u32) -> Self {
        assert!(LEN == filter_len(input_rate, output_rate), "LEN must be filter_len of the two rates");
        let mut coefficients = [0; LEN];
        design_all(&mut coefficients, input_rate, output_rate);
        Self { input_rate, output_rate, coefficients }
    }

    /// The filter for a resampler to work with.
    #[must_use]
    pub const fn conversion(&self) -> Conversion<'_> {
        let Self { input_rate, output_rate, coefficients } = self;
        let rows = rows(*input_rate, *output_rate);
        Conversion { input_rate: *input_rate, output_rate: *output_rate, taps: LEN / rows, coefficients }
    }
}

impl<'f> Conversion<'f> {
    /// A [`Filter`] between rates in Hz that are known at run time only, kept in a slice that is as long as
    /// [`coefficients`](Self::coefficients) says. None where the slice has another length, or where there is no such
    /// filter: then `coefficients` is None as well.
    ///
    /// ```
    /// use prosodia::listen::Conversion;
    ///
    /// let mut coefficients = vec![0; Conversion::coefficients(16_000, 22_050).unwrap()];
    /// assert!(Conversion::design(16_000, 22_050, &mut coefficients).is_some());
    /// assert_eq!(Conversion::coefficients(96_000, 22_050), None);
    /// ```
    #[must_use]
    pub fn design(input_rate: u32, output_rate: u32, coefficients: &'f mut [i16]) -> Option<Self> {
        if Self::coefficients(input_rate, output_rate)? != coefficients.len() {
            return None;
        }
        design_all(coefficients, input_rate, output_rate);
        Some(Self { input_rate, output_rate, taps: taps(input_rate, output_rate), coefficients })
    }

    /// How many coefficients there are between two rates in Hz: 33 to 2904. None for rates that [`Filter::new`]
    /// refuses.
    #[must_use]
    pub const fn coefficients(input_rate: u32, output_rate: u32) -> Option<usize> {
        match refusal(input_rate, output_rate) {
            Some(_) => None,
            None => Some(rows(input_rate, output_rate).wrapping_mul(taps(input_rate, output_rate))),
        }
    }

    /// [`design`](Self::design), in a vector that is made as long as it has to be.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn between(
        input_rate: u32,
        output_rate: u32,
        coefficients: &'f mut std::vec::Vec<i16>,
    ) -> Option<Self> {
        coefficients.clear();
        coefficients.resize(Self::coefficients(input_rate, output_rate)?, 0);
        Self::design(input_rate, output_rate, coefficients)
    }
}

impl Conversion<'_> {
    /// The rate in Hz from which it goes.
    #[must_use]
    pub const fn input_rate(&self) -> u32 {
        self.input_rate
    }

    /// The rate in Hz to which it goes.
    #[must_use]
    pub const fn output_rate(&self) -> u32 {
        self.output_rate
    }
}

/// Phases whose coefficients are stored: one, or all and the first of the next input sample.
const fn rows(input_rate: u32, output_rate: u32) -> usize {
    match input_rate.checked_rem(output_rate) {
        Some(0) => 1,
        _ => PHASES + 1,
    }
}

/// Kaiser's estimate for 65 dB and a transition of 28 % of half the lower rate, rounded up to a multiple of 4.
const fn taps(input_rate: u32, output_rate: u32) -> usize {
    let transition = 0.14 * cutoff(input_rate, output_rate);
    let estimate = (65.0 - 7.95) / (14.36 * transition) + 1.0;
    (estimate as usize).wrapping_add(4) / 4 * 4
}

/// Why there is no filter between two rates.
const fn refusal(input_rate: u32, output_rate: u32) -> Option<&'static str> {
    let (lower, higher) =
        if input_rate < output_rate { (input_rate, output_rate) } else { (output_rate, input_rate) };
    if lower < 4000 || higher > 192_000 {
        Some("rates are 4000 to 192000 Hz")
    } else if lower == higher {
        Some("equal rates need no filter")
    } else if input_rate > output_rate.saturating_mul(3) {
        Some("a rate may fall to a third at most")
    } else {
        None
    }
}

/// The lower rate over the input's.
const fn cutoff(input_rate: u32, output_rate: u32) -> f64 {
    if output_rate < input_rate { output_rate as f64 / input_rate as f64 } else { 1.0 }
}

/// The coefficients of all phases, one after the other.
const fn design_all(coefficients: &mut [i16], input_rate: u32, output_rate: u32) {
    let (taps, cutoff) = (taps(input_rate, output_rate), cutoff(input_rate, output_rate));
    let (mut rest, mut row) = (coefficients, 0.0);
    while let Some((phase, behind)) = rest.split_at_mut_checked(taps)
        && !phase.is_empty()
    {
        design(phase, cutoff, row / PHASES as f64);
        (rest, row) = (behind, row + 1.0);
    }
}

/// The coefficients for an output sample that lies `phase` behind the input sample in the middle. Their sum is exactly
/// 1, so that no phase changes a constant.
const fn design(coefficients: &mut [i16], cutoff: f64, phase: f64) {
    const ONE: i32 = 1 << COEFFICIENT_BITS;
    let (half, mut sum) = (coefficients.len() / 2, 0.0);
    let mut tap = 0;
    while tap < coefficients.len() {
        sum += impulse_response(tap, half, cutoff, phase);
        tap = tap.wrapping_add(1);
    }
    // What rounding leaves goes where it matters least, to the largest.
    let mut left = ONE;
    let largest = if phase < 0.5 { half.wrapping_sub(1) } else { half };
    let (mut places, mut tap) = (&mut *coefficients, 0);
    while let Some((place, behind)) = places.split_first_mut() {
        let exact = ONE as f64 * impulse_response(tap, half, cutoff, phase) / sum;
        *place = (exact + if exact < 0.0 { -0.5 } else { 0.5 }) as i16;
        left = left.wrapping_sub(*place as i32);
        (places, tap) = (behind, tap.wrapping_add(1));
    }
    if let Some((_, [place, ..])) = coefficients.split_at_mut_checked(largest) {
        *place = place.wrapping_add(left as i16);
    }
}

const fn impulse_response(tap: usize, half: usize, cutoff: f64, phase: f64) -> f64 {
    let time = tap as f64 - (half as f64 - 1.0) - phase;
    sinc(cutoff * time) * kaiser(time / half as f64)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    static UP: Filter<{ filter_len(16_000, 22_050) }> = Filter::new(16_000, 22_050);
    static DOWN: Filter<{ filter_len(48_000, 22_050) }> = Filter::new(48_000, 22_050);
    static HALF: Filter<{ filter_len(44_100, 22_050) }> = Filter::new(44_100, 22_050);
    static THIRD: Filter<{ filter_len(48_000, 16_000) }> = Filter::new(48_000, 16_000);

    #[test]
    fn sizes() {
        let conversions = [UP.conversion(), DOWN.conversion(), HALF.conversion(), THIRD.conversion()];
        let sizes: Vec<_> = conversions.map(|c| (c.taps, c.coefficients.len() / c.taps)).into();
        assert_eq!(sizes, [(32, 33), (64, 33), (60, 1), (88, 1)]);
        assert!(conversions.iter().all(|conversion| conversion.taps <= MAX_TAPS));
    }

    #[cfg(feature = "std")]
    #[test]
    fn at_run_time_the_same_filter_is_designed() {
        for (conversion, rates) in
            [(UP.conversion(), (16_000, 22_050)), (HALF.conversion(), (44_100, 22_050))]
        {
            let mut coefficients = Vec::new();
            let designed = Conversion::between(rates.0, rates.1, &mut coefficients).unwrap();
            assert_eq!((designed.coefficients, designed.taps), (conversion.coefficients, conversion.taps));
        }
        for (input, output) in [(3999, 8000), (8000, 192_001), (16_000, 16_000), (48_001, 16_000)] {
            assert!(Conversion::between(input, output, &mut Vec::new()).is_none());
        }
    }

    /// Each phase sums to 1, and no input can overflow 32 bits.
    #[test]
    fn phases_are_exact_for_a_constant_and_never_overflow() {
        for conversion in [UP.conversion(), DOWN.conversion(), HALF.conversion(), THIRD.conversion()] {
            for phase in conversion.coefficients.chunks(conversion.taps) {
                let values = phase.iter().map(|&c| i32::from(c));
                assert_eq!(values.clone().sum::<i32>(), 1 << COEFFICIENT_BITS);
                assert!(values.map(i32::abs).sum::<i32>() < 1 << 16);
            }
        }
    }

    /// `tests/scripts/scipy_golden.py` prints the first half of the phase in the middle: numpy's `sinc`, scipy's `i0`.
    #[test]
    fn coefficients_are_those_of_scipy() {
        const HALF_A_PHASE: [f64; 16] = [
            -7.024, 16.097, -30.581, 52.25, -83.199, 125.919, -183.461, 259.747, -360.202, 493.014, -671.856,
            922.289, -1299.204, 1946.131, -3391.738, 10403.817,
        ];
        let Conversion { taps, coefficients, .. } = UP.conversion();
        let middle = &coefficients[PHASES / 2 * taps..][..taps];
        let expected = HALF_A_PHASE.iter().chain(HALF_A_PHASE.iter().rev());
        for (found, expected) in middle.iter().zip(expected) {
            // The largest one takes what rounding left.
            assert!((f64::from(*found) - expected).abs() <= if *expected > 1e4 { 4.0 } else { 0.501 });
        }
    }

    #[test]
    fn the_last_phase_is_the_first_one_a_sample_later_and_time_runs_either_way() {
        let Conversion { taps, coefficients, .. } = DOWN.conversion();
        let phases: Vec<_> = coefficients.chunks(taps).collect();
        assert_eq!(phases[0][1..taps - 2], phases[PHASES][2..taps - 1]);
        for phase in 1..PHASES {
            let backwards: Vec<i16> = phases[PHASES - phase].iter().rev().copied().collect();
            let differences = phases[phase].iter().zip(&backwards).map(|(a, b)| a.abs_diff(*b));
            assert!(differences.max() <= Some(8), "{phase}");
        }
    }
}
