use std::f64::consts::TAU;
use std::iter;

use clap::ValueEnum;

/// What happens to a recording between the speaker and the model. Full scale is 32768.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Disturbance {
    /// A click of 1 ms and 20000 high, at sample 20000.
    Click,
    /// A thump of 60 Hz, 100 ms and 8000 high, at sample 8000.
    Thump,
    /// An offset of 1000.
    Dc,
}

impl Disturbance {
    /// Adds it to the samples that a model hears.
    pub fn add(self, window: &mut [i16], sample_rate: u32) {
        let tone =
            |n: usize| (8000.0 * (TAU * 60.0 * n as f64 / f64::from(sample_rate)).sin()).round() as i16;
        match self {
            Self::Click => add(window, 20_000, iter::repeat_n(20_000, milliseconds(1, sample_rate))),
            Self::Thump => add(window, 8000, (0..milliseconds(100, sample_rate)).map(tone)),
            Self::Dc => add(window, 0, iter::repeat(1000)),
        }
    }
}

fn add(window: &mut [i16], start: usize, signal: impl Iterator<Item = i16>) {
    let places = window.get_mut(start..).unwrap_or_default();
    places.iter_mut().zip(signal).for_each(|(sample, added)| *sample = sample.saturating_add(added));
}

fn milliseconds(count: usize, sample_rate: u32) -> usize {
    count * sample_rate as usize / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disturbed(disturbance: Disturbance) -> Vec<i16> {
        let mut window = vec![-5; 66_150];
        window[20_001] = 20_000;
        disturbance.add(&mut window, 22_050);
        window
    }

    #[test]
    fn a_click_lasts_a_millisecond_and_saturates() {
        let window = disturbed(Disturbance::Click);
        assert_eq!(window[19_999..20_003], [-5, 19_995, i16::MAX, 19_995]);
        assert_eq!(window[20_021..20_023], [19_995, -5]);
        assert_eq!(window.iter().filter(|&&sample| sample != -5).count(), 22);
    }

    /// Six periods of 367.5 samples.
    #[test]
    fn a_thump_lasts_a_tenth_of_a_second() {
        let window = disturbed(Disturbance::Thump);
        let moved = |sample: &i16| *sample != -5;
        assert_eq!(window.iter().position(moved), Some(8001));
        assert_eq!(window[..20_000].iter().rposition(moved), Some(8000 + 2204));
        assert_eq!(window[8000 + 92], 7995);
        assert_eq!(window[..20_000].iter().max(), Some(&7995));
    }

    #[test]
    fn an_offset_moves_every_sample() {
        let window = disturbed(Disturbance::Dc);
        assert_eq!((window[0], window[20_001], window[66_149]), (995, 21_000, 995));
    }

    #[test]
    fn a_window_that_ends_before_is_left_alone() {
        let mut window = [7; 100];
        Disturbance::Click.add(&mut window, 22_050);
        assert_eq!(window, [7; 100]);
    }
}
