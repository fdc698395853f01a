/// How loud the samples of a recording get, for what a user should know of it.
#[derive(Debug, Default, Clone)]
pub struct Peaks {
    samples: usize,
    silent: usize,
    clipped: usize,
}

impl Peaks {
    /// Of a whole recording.
    ///
    /// ```
    /// use host_trainer::audio::Peaks;
    ///
    /// assert_eq!(Peaks::of(&[0, 100, -3, 0]).fault(), None);
    /// assert!(Peaks::of(&[0, 0, 0, 0]).fault().is_some());
    /// ```
    #[must_use]
    pub fn of(samples: &[i16]) -> Self {
        let mut peaks = Self::default();
        peaks.push(samples);
        peaks
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[i16]) {
        let count = |is: fn(i16) -> bool| samples.iter().filter(|&&sample| is(sample)).count();
        self.samples += samples.len();
        self.silent += count(|sample| sample == 0);
        self.clipped += count(|sample| [i16::MIN, -i16::MAX, i16::MAX].contains(&sample));
    }

    /// Why there is nothing to be heard, if so.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        (self.silent == self.samples).then_some("it is silent, or its channels cancel each other out")
    }

    /// What to know before believing an answer: that there is nothing to be heard, or that at least one sample of a
    /// hundred was cut off, as happens to floats beyond -1 to 1.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let share = self.clipped as f64 / self.samples.max(1) as f64;
        let clipped =
            || format!("{:.0} % of its samples are at full scale: it was recorded too loud", 100.0 * share);
        self.fault().map(str::to_owned).or_else(|| (share >= 0.01).then(clipped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_told_from_what_is_loud() {
        let mut loud = Peaks::of(&[20_000; 198]);
        loud.push(&[i16::MAX]);
        assert_eq!(loud.warning(), None);
        loud.push(&[i16::MIN]);
        assert!(loud.warning().unwrap().starts_with("1 % of its samples"));
    }
}
