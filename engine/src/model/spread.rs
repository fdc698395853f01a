//! Which branches of a network lag behind the others, so that their work falls into different steps.

use std::vec::Vec;

use super::rows::{Timing, timings};
use crate::blob::{Body, Network, WriteError};

/// The most steps after which a network repeats itself for which lags are looked for.
const MAX_PERIOD: u32 = 64;

impl Body<'_> {
    /// Lets branches, which begin at the network's input, lag behind the first by the few rows that make the dearest
    /// step cheapest, and of those lags by the ones that make the dearest two steps in a row cheapest, which a buffer
    /// of more than a hop may hold. Layers that leave out rows all have work in some steps and hardly any in others,
    /// and what reads the input at the same time has its dear steps at the same time. Answers stay the same, and come
    /// as many rows later. Branch by branch each lag is the lowest that is best.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn spread(&mut self) -> Result<(), WriteError> {
        let starts = self.layers.iter().enumerate().filter(|(_, layer)| layer.input == 0);
        let starts: Vec<usize> = starts.map(|(index, _)| index).skip(1).collect();
        for start in starts {
            let mut best = None;
            for lag in 0..self.period()? {
                self.set_lag(start, lag);
                let dearest = self.dearest()?;
                if best.is_none_or(|(least, _)| dearest < least) {
                    best = Some((dearest, lag));
                }
            }
            self.set_lag(start, best.map_or(0, |(_, lag)| lag));
        }
        Ok(())
    }

    fn set_lag(&mut self, layer: usize, lag: u32) {
        if let (Some(layer), Ok(lag)) = (self.layers.get_mut(layer), u8::try_from(lag)) {
            layer.lag = lag;
        }
    }

    /// Steps after which the same layers have work again; 0 if they are too many.
    fn period(&self) -> Result<u32, WriteError> {
        let (records, filters) = self.records()?;
        let timings = timings(&Network::new(&records, &filters)).unwrap_or_default();
        let strides = timings.iter().map(|timing| timing.stride);
        let period = strides.fold(1, |period, stride| lcm(period, stride.max(1)));
        Ok(if period > MAX_PERIOD { 0 } else { period })
    }

    /// The multiply-accumulates of the step that has most, and of the two in a row that have most.
    fn dearest(&self) -> Result<[u64; 2], WriteError> {
        let (records, filters) = self.records()?;
        let network = Network::new(&records, &filters);
        let timings = timings(&network).unwrap_or_default();
        let rows = network.layers().enumerate().zip(timings.iter().skip(1));
        let rows: Vec<(u64, Timing)> = rows
            .map(|((index, layer), &timing)| {
                let macs = network.macs(index) / u64::from(layer.output.height.max(1));
                (macs, Timing { stride: timing.stride.max(1), ..timing })
            })
            .collect();
        let work = |step: u32| {
            let due = rows.iter().filter(|(_, timing)| step % timing.stride == timing.first % timing.stride);
            due.map(|(macs, _)| macs).sum::<u64>()
        };
        let dearest = |steps: u32| {
            let sums = (0..MAX_PERIOD).map(|first| (first..first + steps).map(work).sum());
            sums.max().unwrap_or(0)
        };
        Ok([1, 2].map(dearest))
    }
}

/// The least number that both divide, at most `u32::MAX`.
fn lcm(a: u32, b: u32) -> u32 {
    let (mut gcd, mut rest) = (a, b);
    while rest > 0 {
        (gcd, rest) = (rest, gcd % rest);
    }
    (a / gcd).saturating_mul(b)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::tests::{WEIGHTS, dice, network};
    use super::*;
    use crate::blob::{Clamp, Filter, Layer, Op, Rescale, Tensor, Window};

    /// Three branches of two convolutions, each of which makes one row of two.
    fn three_branches() -> Body<'static> {
        let weights = &[0; WEIGHTS];
        let mut body = network(9, &[], false, weights);
        body.layers.clear();
        let window = Window { kernel: [2, 1], stride: [2, 1], padding: [0; 2] };
        let filter = Filter {
            weights: &weights[..2],
            bias: &[0; 4],
            multipliers: &[0; 4],
            shifts: &[0],
            clamp: Clamp::NONE,
        };
        let halve = |input, height| Layer {
            input,
            lag: 0,
            output: Tensor { height, ..body.input },
            op: Op::DepthwiseConv2d { window, filter },
        };
        let layers: Vec<_> =
            [0, 2, 4].into_iter().flat_map(|first| [halve(0, 4), halve(first + 1, 2)]).collect();
        let rescale = Rescale { multiplier: 1 << 30, shift: -1 };
        let [input_rescale, other_rescale, output_rescale] = [rescale; 3];
        let sum = |input, other| Layer {
            op: Op::Add { other, input_rescale, other_rescale, output_rescale, clamp: Clamp::NONE },
            ..halve(input, 2)
        };
        body.layers = layers.into_iter().chain([sum(2, 4), sum(6, 7)]).collect();
        body
    }

    /// Each row of 7 columns takes 14 multiply-accumulates. A branch's first layer works in steps 1 and 3 of four, its
    /// second in step 3: together 3 * 28, with nothing before and after. With the second branch a step later it is 2 *
    /// 28. With the third two steps later its step of 28 falls on the first's of 14, and the first's on its of 14: 28 +
    ///     14, and 28 of the second branch before.
    #[test]
    fn branches_take_turns() {
        let mut body = three_branches();
        assert_eq!(body.dearest(), Ok([84, 84]));
        body.spread().unwrap();
        let lags: Vec<u8> = body.layers.iter().map(|layer| layer.lag).collect();
        assert_eq!(lags, [0, 0, 1, 0, 2, 0, 0, 0]);
        assert_eq!(body.dearest(), Ok([42, 70]));
    }

    proptest! {
        #[test]
        fn no_step_becomes_dearer(height in 1u16..20, layers in vec(dice(), 1..12), has_mean: bool) {
            let weights = std::vec![1; WEIGHTS];
            let mut body = network(height, &layers, has_mean, &weights);
            for layer in &mut body.layers {
                layer.lag = 0;
            }
            let [before, _] = body.dearest().unwrap();
            body.spread().unwrap();
            prop_assert!(body.dearest().unwrap()[0] <= before);
        }
    }
}
