const ORDER: usize = 6;
const DECIMATION: usize = 4;

/// A cascaded integrator-comb filter: six running sums of four samples, of which every fourth is kept.
///
/// The integrators overflow, and the combs' differences take that back: all is modulo 2^32, and a result has 12 bits
/// more than the samples.
#[derive(Debug, Clone)]
pub(super) struct Cic {
    integrators: [i32; ORDER],
    combs: [i32; ORDER],
}

impl Cic {
    pub(super) const fn new() -> Self {
        Self { integrators: [0; ORDER], combs: [0; ORDER] }
    }

    /// Takes the next samples, and gives the sum of the latest, weighted: 4096 times their mean.
    pub(super) fn push(&mut self, samples: [i32; DECIMATION]) -> i32 {
        let sum = samples.into_iter().fold(0, |_, sample| self.integrate(sample));
        self.combs.iter_mut().fold(sum, |sum, comb| sum.wrapping_sub(core::mem::replace(comb, sum)))
    }

    fn integrate(&mut self, sample: i32) -> i32 {
        self.integrators.iter_mut().fold(sample, |sum, integrator| {
            *integrator = integrator.wrapping_add(sum);
            *integrator
        })
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
            let mut impulse = [0; DECIMATION];
            impulse[phase] = 1;
            assert_eq!([impulse, [0; 4], [0; 4], [0; 4], [0; 4]].map(|samples| cic.push(samples)), expected);
        }
    }

    #[test]
    fn integrators_overflow_and_nothing_is_lost() {
        let mut cic = Cic::new();
        let results: Vec<_> = (0..25_000).map(|_| cic.push([-256; DECIMATION])).collect();
        assert!(cic.integrators.iter().all(|integrator| integrator.unsigned_abs() > 1 << 20));
        assert!(results[6..].iter().all(|&result| result == -256 * 4096));
    }
}
