use rayon::prelude::*;

use super::range::Range;

/// Bins of the histogram from which a range is chosen.
const BINS: usize = 2048;
/// How many lower bounds, and how many upper bounds, are tried.
const CANDIDATES: usize = 100;

/// The range to quantise each tensor over, from its values in a network that runs over some inputs.
///
/// `activations` gives all tensors of one run, always in the same order.
pub fn ranges(inputs: &[Vec<f32>], activations: impl Fn(&[f32]) -> Vec<Vec<f32>> + Sync) -> Vec<Range> {
    let extents = inputs
        .par_iter()
        .map(|input| activations(input).iter().map(|tensor| Range::EMPTY.including(tensor)).collect())
        .reduce(Vec::new, |a, b| merged(a, b, Range::union));
    let histograms = || extents.iter().map(|&extent| Histogram::new(extent)).collect::<Vec<_>>();
    let counted = inputs
        .par_iter()
        .fold(histograms, |mut histograms, input| {
            histograms
                .iter_mut()
                .zip(activations(input))
                .for_each(|(histogram, tensor)| histogram.add(&tensor));
            histograms
        })
        .reduce(Vec::new, |a, b| merged(a, b, |a, b: Histogram| a.merge(&b)));
    counted.iter().map(Histogram::best_range).collect()
}

/// Two lists item by item; either may be empty.
fn merged<T>(a: Vec<T>, b: Vec<T>, merge: impl Fn(T, T) -> T) -> Vec<T> {
    if a.is_empty() {
        return b;
    }
    if b.is_empty() {
        return a;
    }
    a.into_iter().zip(b).map(|(a, b)| merge(a, b)).collect()
}

/// The distribution of one tensor's values over the calibration clips.
#[derive(Debug, Clone)]
pub struct Histogram {
    extent: Range,
    counts: Vec<u32>,
}

impl Range {
    /// The range of no values.
    pub const EMPTY: Self = Self { low: 0.0, high: 0.0 };

    /// The smallest range that holds 0, this range and some values.
    #[must_use]
    pub fn including(self, values: &[f32]) -> Self {
        values
            .iter()
            .fold(self, |range, &value| Self { low: range.low.min(value), high: range.high.max(value) })
    }

    /// The smallest range that holds two.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

impl Histogram {
    /// No values yet, and bins over the extent of those to come.
    #[must_use]
    pub fn new(extent: Range) -> Self {
        Self { extent, counts: vec![0; BINS] }
    }

    /// Counts some values.
    pub fn add(&mut self, values: &[f32]) {
        let per_unit = BINS as f32 / (self.extent.high - self.extent.low).max(f32::MIN_POSITIVE);
        for value in values {
            let bin = ((value - self.extent.low) * per_unit) as usize;
            self.counts[bin.min(BINS - 1)] += 1;
        }
    }

    /// Counts what another histogram of the same extent has counted.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, other)| *count += other);
        self
    }

    /// The range whose 256 steps give the least mean square error: rounding errs by `step^2 / 12` on
    /// average, clipping by the square of the distance to the bound.
    #[must_use]
    pub fn best_range(&self) -> Range {
        let lows = self.candidates(self.extent.low);
        let highs = self.candidates(self.extent.high);
        let total: f64 = self.counts.iter().map(|&count| f64::from(count)).sum();
        let mut best = (f64::INFINITY, self.extent);
        for &(low, low_error) in &lows {
            for &(high, high_error) in &highs {
                let step = f64::from(high - low) / 255.0;
                let error = low_error + high_error + total * step * step / 12.0;
                if error < best.0 {
                    best = (error, Range { low, high });
                }
            }
        }
        best.1
    }

    /// Bounds from an end of the extent towards 0, each with the sum of squares of what it clips.
    fn candidates(&self, end: f32) -> Vec<(f32, f64)> {
        let bounds = (1..=CANDIDATES).rev().map(|i| end * i as f32 / CANDIDATES as f32);
        bounds.map(|bound| (bound, self.clipping_error(bound, end))).collect()
    }

    fn clipping_error(&self, bound: f32, end: f32) -> f64 {
        let towards_end = f64::from(end).signum();
        let beyond = self.values().map(|(value, count)| {
            let clipped = (f64::from(value - bound) * towards_end).max(0.0);
            clipped * clipped * f64::from(count)
        });
        if end == 0.0 { 0.0 } else { beyond.sum() }
    }

    /// The middle of each bin with its count.
    fn values(&self) -> impl Iterator<Item = (f32, u32)> {
        let width = (self.extent.high - self.extent.low) / BINS as f32;
        let middles = (0..BINS).map(move |bin| self.extent.low + (bin as f32 + 0.5) * width);
        middles.zip(self.counts.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_range(values: &[f32]) -> Range {
        let mut histogram = Histogram::new(Range::EMPTY.including(values));
        histogram.add(values);
        histogram.best_range()
    }

    #[test]
    fn evenly_spread_values_are_all_kept() {
        let values: Vec<f32> = (-300..=500).map(|i| i as f32 / 100.0).collect();
        let Range { low, high } = best_range(&values);
        assert!(low < -2.9 && high > 4.9, "{low} {high}");
    }

    #[test]
    fn a_lone_outlier_is_clipped_where_that_errs_less() {
        // 100 000 values up to 1 and one of 10. Steps of 10/255 err by 1e5 * (10/255)^2 / 12 = 12.8 in
        // all; clipping at c errs by (10 - c)^2 + 1e5 (c/255)^2 / 12, least at c = 10 / (1 + 0.128) = 8.86.
        let mut values: Vec<f32> = (0..100_000).map(|i| i as f32 / 100_000.0).collect();
        values.push(10.0);
        let Range { low, high } = best_range(&values);
        assert_eq!(low, 0.0);
        assert!((8.7..=9.0).contains(&high), "{high}");
    }

    #[test]
    fn zeros_have_an_empty_range() {
        assert_eq!(best_range(&[0.0; 10]), Range::EMPTY);
    }

    #[test]
    fn every_input_counts_and_their_order_does_not() {
        let inputs = [vec![1.0, -2.0], vec![3.0, 0.5], vec![-1.0, 0.0]];
        let tensors = |input: &[f32]| vec![input.to_vec(), input.iter().map(|x| x * 10.0).collect()];
        let found = ranges(&inputs, tensors);
        assert_eq!(found.len(), 2);
        let [first, second] = [found[0], found[1]];
        assert!(first.low < -1.8 && first.high > 2.7, "{first:?}");
        assert!(second.low < -18.0 && second.high > 27.0, "{second:?}");
        let reversed: Vec<_> = inputs.iter().rev().cloned().collect();
        assert_eq!(ranges(&reversed, tensors), found);
    }
}
