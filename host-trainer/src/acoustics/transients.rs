use std::f64::consts::TAU;

/// A knock on a connector: a rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Click {
    /// Its first sample.
    pub start: usize,
    /// In seconds.
    pub seconds: f64,
    /// Negative downwards.
    pub height: f64,
}

/// A knock on the table: some periods of a low tone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thump {
    /// Its first sample.
    pub start: usize,
    /// In seconds.
    pub seconds: f64,
    /// Its frequency in Hz.
    pub frequency: f64,
    /// The tone's amplitude.
    pub height: f64,
}

impl Click {
    /// Adds it to samples, as far as they reach.
    pub fn add(&self, samples: &mut [f64], rate: u32) {
        let length = (self.seconds * f64::from(rate)) as usize;
        samples.iter_mut().skip(self.start).take(length).for_each(|sample| *sample += self.height);
    }
}

impl Thump {
    /// Adds it to samples, as far as they reach.
    pub fn add(&self, samples: &mut [f64], rate: u32) {
        let length = (self.seconds * f64::from(rate)) as usize;
        let turn = TAU * self.frequency / f64::from(rate);
        for (n, sample) in samples.iter_mut().skip(self.start).take(length).enumerate() {
            *sample += self.height * (turn * n as f64).sin();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_lasts_a_millisecond() {
        let mut samples = vec![-5.0; 100];
        let click = Click { start: 20, seconds: 0.001, height: 20_000.0 };
        click.add(&mut samples, 22_050);
        assert_eq!((samples[19], samples[20], samples[41], samples[42]), (-5.0, 19_995.0, 19_995.0, -5.0));
        Click { start: 99, ..click }.add(&mut samples, 22_050);
        Click { start: 200, ..click }.add(&mut samples, 22_050);
        assert_eq!((samples[98], samples[99]), (-5.0, 19_995.0));
    }

    /// Six periods of 367.5 samples.
    #[test]
    fn a_thump_lasts_a_tenth_of_a_second() {
        let mut samples = vec![0.0; 6000];
        Thump { start: 1000, seconds: 0.1, frequency: 60.0, height: 8000.0 }.add(&mut samples, 22_050);
        let moved: Vec<usize> = (0..samples.len()).filter(|&n| samples[n] != 0.0).collect();
        assert_eq!((moved[0], moved.last()), (1001, Some(&3204)));
        // A quarter of a period is 91.875 samples.
        assert!((samples[1092] - 8000.0).abs() < 0.1);
    }
}
