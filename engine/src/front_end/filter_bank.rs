use core::ops::Range;

use num_complex::Complex32;

use super::MAX_MEL_BANDS;
use super::mel_scale::{BandEdges, HZ_BITS};
use crate::blob::MelScale;

/// The mel filter bank from 0 Hz to half the sample rate, as librosa's `filters.mel` with `norm="slaney"` defines it
/// (M. Slaney, Auditory Toolbox, Interval Research report 1998-010).
///
/// Band `i` is a triangle that rises between the edges `h[i]` and `h[i+1]`, falls until `h[i+2]`, and
/// has an area of 1 Hz. Between two edges one band rises while the one before it falls, so it is kept
/// interval by interval: a dense table would have 513 KiB.
pub(super) struct FilterBank {
    intervals: [Interval; MAX_MEL_BANDS + 1],
}

/// The bins from one band edge to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Interval {
    bins: u16,
    /// Weights in the band that starts here, upwards from the first bin.
    rise: Ramp,
    /// Weights in the band that ends here, downwards: `nearest` belongs to the last bin.
    fall: Ramp,
}

/// Weights that grow with the distance from the bin that is nearest to the ramp's foot.
///
/// Counting from the foot keeps even the smallest weight right to the last bit or so.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Ramp {
    nearest: f32,
    step: f32,
}

impl FilterBank {
    /// A filter bank without bins: all bands are 0.
    pub(super) const fn new() -> Self {
        Self { intervals: [Interval::EMPTY; MAX_MEL_BANDS + 1] }
    }

    /// Takes on the filters for `bands` bands, at most [`MAX_MEL_BANDS`]; any further ones are 0.
    pub(super) fn configure(&mut self, scale: MelScale, sample_rate: u32, fft_length: u16, bands: u16) {
        self.intervals.fill(Interval::EMPTY);
        let grid = BandEdges::new(scale, sample_rate, bands);
        let bin_width = (u64::from(sample_rate) << HZ_BITS).checked_div(fft_length.into()).unwrap_or(0);
        let mut bin = 0;
        let (mut before, mut start) = (0, 0);
        for (index, interval) in (1..=bands.saturating_add(1)).zip(&mut self.intervals) {
            let [end, beyond] = [0, 1].map(|ahead| grid.edge(index.saturating_add(ahead)));
            let first = bin;
            while bin < fft_length / 2 && bin_width.wrapping_mul(bin.into()) < end {
                bin = bin.saturating_add(1);
            }
            *interval = Interval::new(first..bin, bin_width, [before, start, end, beyond]);
            (before, start) = (start, end);
        }
    }

    /// Sums the power of bins `0..fft_length / 2`, each in its `re`, into bands.
    pub(super) fn apply(&self, bins: &[Complex32], bands: &mut [f32]) {
        let mut intervals = self.intervals.iter();
        let mut bins = bins;
        let mut risen = 0.0;
        if let Some(first) = intervals.next() {
            (risen, _) = first.sums(&mut bins);
        }
        for (band, interval) in bands.iter_mut().zip(intervals) {
            let (rise, fall) = interval.sums(&mut bins);
            *band = risen + fall;
            risen = rise;
        }
    }
}

impl Interval {
    const EMPTY: Self = Self { bins: 0, rise: Ramp::FLAT, fall: Ramp::FLAT };

    /// `bins` between two edges, given with the edges before and behind them.
    fn new(bins: Range<u16>, bin_width: u64, [before, start, end, beyond]: [u64; 4]) -> Self {
        let bin_hz = |bin: u16| bin_width.wrapping_mul(bin.into());
        let first = bin_hz(bins.start).saturating_sub(start);
        let last = end.saturating_sub(bin_hz(bins.end.saturating_sub(1)));
        let between = real_hz(end.saturating_sub(start));
        // A triangle of width w has a height of 2 / w.
        let slope = |foot: u64, other_foot: u64| 2.0 / (real_hz(other_foot.saturating_sub(foot)) * between);
        Self {
            bins: bins.end.saturating_sub(bins.start),
            rise: Ramp::new(first, slope(start, beyond), bin_width),
            fall: Ramp::new(last, slope(before, end), bin_width),
        }
    }

    /// Takes its bins off the spectrum and returns what they add to the band that starts and to the one
    /// that ends here.
    fn sums(&self, spectrum: &mut &[Complex32]) -> (f32, f32) {
        let (bins, rest) = spectrum.split_at_checked(self.bins.into()).unwrap_or_default();
        *spectrum = rest;
        let (mut total, mut upwards, mut downwards) = (0.0, 0.0, 0.0);
        let mut from_first = 0.0;
        let mut from_last = f32::from(self.bins) - 1.0;
        for power in bins.iter().map(|bin| bin.re) {
            total += power;
            upwards += from_first * power;
            downwards += from_last * power;
            from_first += 1.0;
            from_last -= 1.0;
        }
        (self.rise.sum(total, upwards), self.fall.sum(total, downwards))
    }
}

impl Ramp {
    const FLAT: Self = Self { nearest: 0.0, step: 0.0 };

    /// The weighted sum of powers, from their sum and their sum times the distance from the nearest bin.
    fn sum(self, total: f32, by_distance: f32) -> f32 {
        self.nearest * total + self.step * by_distance
    }

    /// `distance` is from the foot to the nearest bin; weights grow by `slope` per Hz.
    fn new(distance: u64, slope: f32, bin_width: u64) -> Self {
        Self { nearest: real_hz(distance) * slope, step: real_hz(bin_width) * slope }
    }
}

/// From fixed point.
fn real_hz(hz: u64) -> f32 {
    const STEP: f32 = 1.0 / (1u64 << HZ_BITS) as f32;
    hz as f32 * STEP
}

#[cfg(test)]
mod tests {
    extern crate std;
    use core::num::NonZeroU16;
    use std::vec::Vec;

    use super::*;

    const LOGARITHMIC: MelScale = MelScale::Logarithmic { corner_hz: NonZeroU16::new(400).unwrap() };
    /// Scale, sample rate, FFT length and bands. Miri takes ten minutes for all.
    const BANKS: &[(MelScale, u32, u16, u16)] = if cfg!(miri) {
        &[(MelScale::Slaney, 16000, 512, 40)]
    } else {
        &[
            (MelScale::Slaney, 22050, 2048, 64),
            (MelScale::Slaney, 22050, 512, 128),
            (MelScale::Slaney, 16000, 512, 40),
            (MelScale::Slaney, 4000, 1024, 1),
            (LOGARITHMIC, 22050, 2048, 64),
            (LOGARITHMIC, 16000, 512, 40),
        ]
    };

    fn weights(bank: &FilterBank, bins: usize, bands: usize) -> Vec<Vec<f32>> {
        let column = |bin: usize| {
            let mut impulse = std::vec![Complex32::default(); bins];
            impulse[bin].re = 1.0;
            let mut column = std::vec![f32::NAN; bands];
            bank.apply(&impulse, &mut column);
            column
        };
        let columns: Vec<_> = (0..bins).map(column).collect();
        (0..bands).map(|band| columns.iter().map(|column| column[band]).collect()).collect()
    }

    #[test]
    fn two_linear_bands_by_hand() {
        // 0 to 1000 Hz is 15 mel: two bands between edges at 0, 333.3, 666.7 and 1000 Hz. Bins are 125 Hz
        // apart, triangles 666.7 Hz wide and 0.003 high.
        let mut bank = FilterBank::new();
        bank.configure(MelScale::Slaney, 2000, 16, 2);
        let expected = [
            [0.0, 0.375, 0.75, 0.875, 0.5, 0.125, 0.0, 0.0],
            [0.0, 0.0, 0.0, 0.125, 0.5, 0.875, 0.75, 0.375],
        ];
        for (row, expected) in weights(&bank, 8, 2).iter().zip(expected) {
            for (weight, expected) in row.iter().zip(expected) {
                assert!((weight - 0.003 * expected).abs() < 1e-9, "{row:?}");
            }
        }
    }

    #[test]
    fn every_weight_is_the_triangle_at_its_bin() {
        for &(scale, rate, length, bands) in BANKS {
            let mut bank = FilterBank::new();
            bank.configure(scale, rate, length, bands);
            let edges = BandEdges::new(scale, rate, bands);
            let table = weights(&bank, usize::from(length) / 2, bands.into());
            for (i, row) in (0..).zip(&table) {
                let [low, peak, high] =
                    [0, 1, 2].map(|k| edges.edge(i + k) as f64 / (1u64 << HZ_BITS) as f64);
                for (bin, &weight) in row.iter().enumerate() {
                    let hz = bin as f64 * f64::from(rate) / f64::from(length);
                    let triangle = ((hz - low) / (peak - low)).min((high - hz) / (high - peak));
                    let expected = triangle.max(0.0) * 2.0 / (high - low);
                    let error = (f64::from(weight) - expected).abs();
                    assert!(
                        weight >= 0.0 && error <= 5e-7 * expected + 1e-12,
                        "{i} {bin} {weight} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn bands_too_narrow_for_a_bin_are_zero() {
        // 93.8 Hz between bins, 31.6 Hz between band edges.
        let mut bank = FilterBank::new();
        bank.configure(MelScale::Slaney, 48000, 512, 128);
        let table = weights(&bank, 256, 128);
        assert!(table[0].iter().all(|&weight| weight == 0.0));
        assert!(table[127].iter().any(|&weight| weight > 0.0));
    }
}
