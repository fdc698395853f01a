const ORDER: usize = 6;
const DECIMATION: u32 = 4;

/// A cascaded integrator-comb filter: six running sums of four samples, of which every fourth is kept.
///
/// The integrators overflow, and the combs' differences take that back: all is modulo 2^32, and a result has 12 bits more than
/// the samples.
#[derive(Debug, Clone)]
pub(super) struct Cic {
    integrators: [i32; ORDER],
    combs: [i32; ORDER],
    /// Samples until the next result, less one.
    missing: u32,
}

impl Cic {
    pub(super) const fn new() -> Self {
        Self { integrators: [0; ORDER], combs: [0; ORDER], missing: DECIMATION - 1 }
    }

    /// Takes the next sample, and gives each fourth time the sum of the latest, weighted: 4096 times their mean.
    pub(super) fn push(&mut self, sample: i32) -> Option<i32> {
        let mut sum = sample;
        for integrator in &mut self.integrators {
            *integrator = integrator.wrapping_add(sum);
            sum = *integrator;
        }
        let Some(missing) = self.missing.checked_sub(1) else {
            self.missing = const { DECIMATION - 1 };
            return Some(self.difference(sum));
        };
        self.missing = missing;
        None
    }

    fn difference(&mut self, sum: i32) -> i32 {
        self.combs.iter_mut().fold(sum, |sum, comb| sum.wrapping_sub(core::mem::replace(comb, sum)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    /// Every fourth coefficient of the polynomial `(1 + x + x^2 + x^3)^6`.
    #[test]
    fn an_impulse_becomes_the_power_of_four_ones() {
        let of_phase =
            [[56, 456, 456, 56, 0], [21, 336, 546, 120, 1], [6, 216, 580, 216, 6], [1, 120, 546, 336, 21]];
        for (phase, expected) in of_phase.into_iter().enumerate() {
            let mut cic = Cic::new();
            let results: Vec<_> = (0..20).filter_map(|n| cic.push(i32::from(n == phase))).collect();
            assert_eq!(results, expected, "{phase}");
        }
    }

    #[test]
    fn integrators_overflow_and_nothing_is_lost() {
        let mut cic = Cic::new();
        let results: Vec<_> = (0..100_000).filter_map(|_| cic.push(-256)).collect();
        assert!(cic.integrators.iter().all(|integrator| integrator.unsigned_abs() > 1 << 20));
        assert!(results[6..].iter().all(|&result| result == -256 * 4096));
    }
}
