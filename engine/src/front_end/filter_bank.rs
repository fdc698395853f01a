use super::MAX_MEL_BANDS;

/// The Slaney mel filter bank from 0 Hz to half the sample rate, as librosa's `filters.mel` with
/// `norm="slaney"` defines it (M. Slaney, Auditory Toolbox, Interval Research report 1998-010).
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
    pub(super) fn configure(&mut self, sample_rate: u32, fft_length: u16, bands: u16) {
        self.intervals.fill(Interval::EMPTY);
        let bin_width = f64::from(sample_rate) / f64::from(fft_length);
        let grid = BandEdges::new(sample_rate, bands);
        let mut first_bin = 0;
        for (index, interval) in (0..=bands).zip(&mut self.intervals) {
            let end_bin = libm::ceil(grid.edge(index.saturating_add(1)) / bin_width) as u16;
            let end_bin = end_bin.min(fft_length / 2);
            *interval = grid.interval(index, first_bin..end_bin, bin_width);
            first_bin = end_bin;
        }
    }

    /// Sums the powers of bins `0..fft_length / 2` into bands.
    pub(super) fn apply(&self, powers: impl Iterator<Item = f32>, bands: &mut [f32]) {
        let mut intervals = self.intervals.iter();
        let mut powers = powers;
        let mut risen = 0.0;
        if let Some(first) = intervals.next() {
            (risen, _) = first.sums(&mut powers);
        }
        for (band, interval) in bands.iter_mut().zip(intervals) {
            let (rise, fall) = interval.sums(&mut powers);
            *band = risen + fall;
            risen = rise;
        }
    }
}

impl Interval {
    const EMPTY: Self = Self { bins: 0, rise: Ramp::FLAT, fall: Ramp::FLAT };

    /// Takes its bins off the spectrum and returns what they add to the band that starts and to the one
    /// that ends here.
    fn sums(&self, powers: &mut impl Iterator<Item = f32>) -> (f32, f32) {
        let (mut total, mut upwards, mut downwards) = (0.0, 0.0, 0.0);
        let mut from_first = 0.0;
        let mut from_last = f32::from(self.bins) - 1.0;
        for power in powers.take(self.bins.into()) {
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

    /// `distance` is in Hz, from the foot to the nearest bin; weights grow by `slope` per Hz.
    fn new(distance: f64, slope: f64, bin_width: f64) -> Self {
        // Rounding may put a bin on an edge a hair outside.
        Self { nearest: libm::fmax(distance * slope, 0.0) as f32, step: (slope * bin_width) as f32 }
    }
}

/// Frequencies that are equally spaced in mel.
struct BandEdges {
    bands: u16,
    highest_mel: f64,
}

impl BandEdges {
    fn new(sample_rate: u32, bands: u16) -> Self {
        Self { bands, highest_mel: hz_to_mel(f64::from(sample_rate) / 2.0) }
    }

    /// In Hz; 0 is the lowest, `bands + 1` the highest.
    fn edge(&self, index: u16) -> f64 {
        let intervals = f64::from(self.bands) + 1.0;
        mel_to_hz(self.highest_mel * f64::from(index) / intervals)
    }

    /// What lies between edge `index` and the next, which encloses `bins`.
    fn interval(&self, index: u16, bins: core::ops::Range<u16>, bin_width: f64) -> Interval {
        let [start, end, beyond] = [0, 1, 2].map(|ahead| self.edge(index.saturating_add(ahead)));
        let first = f64::from(bins.start) * bin_width;
        let last = (f64::from(bins.end) - 1.0) * bin_width;
        // A triangle of width w has a height of 2 / w.
        let slope = |width: f64| 2.0 / (width * (end - start));
        let rise = Ramp::new(first - start, slope(beyond - start), bin_width);
        let before = index.checked_sub(1).map_or(start, |index| self.edge(index));
        let fall = Ramp::new(end - last, slope(end - before), bin_width);
        Interval { bins: bins.end.saturating_sub(bins.start), rise, fall }
    }
}

/// Slaney's scale is linear below this and logarithmic above it.
const BREAK_HZ: f64 = 1000.0;
const BREAK_MEL: f64 = 15.0;
const HZ_PER_MEL: f64 = 200.0 / 3.0;
/// `ln(6.4) / 27`: 27 mels for a factor of 6.4.
const LN_PER_MEL: f64 = 0.068_751_777_420_949_12;

/// `3 f / 200` below 1000 Hz, `15 + 27 ln(f / 1000) / ln 6.4` above.
fn hz_to_mel(hz: f64) -> f64 {
    if hz < BREAK_HZ { hz / HZ_PER_MEL } else { BREAK_MEL + libm::log(hz / BREAK_HZ) / LN_PER_MEL }
}

fn mel_to_hz(mel: f64) -> f64 {
    if mel < BREAK_MEL { mel * HZ_PER_MEL } else { BREAK_HZ * libm::exp((mel - BREAK_MEL) * LN_PER_MEL) }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    fn weights(bank: &FilterBank, bins: usize, bands: usize) -> Vec<Vec<f32>> {
        let column = |bin: usize| {
            let impulse = (0..bins).map(|other| if other == bin { 1.0 } else { 0.0 });
            let mut column = std::vec![f32::NAN; bands];
            bank.apply(impulse, &mut column);
            column
        };
        let columns: Vec<_> = (0..bins).map(column).collect();
        (0..bands).map(|band| columns.iter().map(|column| column[band]).collect()).collect()
    }

    #[test]
    fn mel_by_hand() {
        let pairs = [(0.0, 0.0), (200.0, 3.0), (1000.0, 15.0), (6400.0, 42.0), (40_960.0, 69.0)];
        for (hz, mel) in pairs {
            assert!((hz_to_mel(hz) - mel).abs() < 1e-9, "{hz}");
            assert!((mel_to_hz(mel) - hz).abs() < 1e-7, "{mel}");
        }
        assert!((LN_PER_MEL - libm::log(6.4) / 27.0).abs() < 1e-17);
    }

    #[test]
    fn two_linear_bands_by_hand() {
        // 0 to 1000 Hz is 15 mel: two bands between edges at 0, 333.3, 666.7 and 1000 Hz. Bins are 125 Hz
        // apart, triangles 666.7 Hz wide and 0.003 high.
        let mut bank = FilterBank::new();
        bank.configure(2000, 16, 2);
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
        for (rate, length, bands) in [(22050, 2048, 64), (22050, 512, 128), (16000, 512, 40), (4000, 1024, 1)]
        {
            let mut bank = FilterBank::new();
            bank.configure(rate, length, bands);
            let edges = BandEdges::new(rate, bands);
            let table = weights(&bank, usize::from(length) / 2, bands.into());
            for (i, row) in (0..).zip(&table) {
                let [low, peak, high] = [0, 1, 2].map(|k| edges.edge(i + k));
                for (bin, &weight) in row.iter().enumerate() {
                    let hz = bin as f64 * f64::from(rate) / f64::from(length);
                    let triangle = ((hz - low) / (peak - low)).min((high - hz) / (high - peak));
                    let expected = triangle.max(0.0) * 2.0 / (high - low);
                    let error = (f64::from(weight) - expected).abs();
                    assert!(
                        weight >= 0.0 && error <= 3e-7 * expected + 1e-15,
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
        bank.configure(48000, 512, 128);
        let table = weights(&bank, 256, 128);
        assert!(table[0].iter().all(|&weight| weight == 0.0));
        assert!(table[127].iter().any(|&weight| weight > 0.0));
    }
}
