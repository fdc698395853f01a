/// Finds the consecutive samples with the highest energy of a recording that comes in any portions.
///
/// It keeps as many samples as two or three windows have, however long the recording is.
#[derive(Debug)]
pub struct Loudest {
    length: usize,
    /// The latest samples: those of the latest window at least.
    latest: Vec<i16>,
    /// How many samples came before them.
    before: usize,
    /// Energy of the latest window above that of the first one, and the highest of these.
    energy: i64,
    highest: i64,
    /// Where the loudest window starts, and its samples if they are no longer among the latest.
    start: usize,
    loudest: Vec<i16>,
}

impl Loudest {
    /// Nothing of a recording yet; windows of `length` samples.
    #[must_use]
    pub const fn new(length: usize) -> Self {
        Self { length, latest: Vec::new(), before: 0, energy: 0, highest: 0, start: 0, loudest: Vec::new() }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[i16]) {
        for samples in samples.chunks(self.length.max(1)) {
            if self.latest.len() > 2 * self.length {
                self.drop_all_but_a_window();
            }
            let (first, start) = (self.latest.len(), self.latest.len().saturating_sub(self.length));
            self.latest.extend_from_slice(samples);
            // Without a whole window, nothing leaves yet.
            let entering = self.latest.get(first.max(self.length)..).unwrap_or_default();
            for (index, (&enters, &leaves)) in entering.iter().zip(&self.latest[start..]).enumerate() {
                self.energy += square(enters) - square(leaves);
                if self.energy > self.highest {
                    (self.highest, self.start) = (self.energy, self.before + start + index + 1);
                }
            }
        }
    }

    /// The window of highest energy, the first of equals; a recording shorter than a window is padded with
    /// silence at its end.
    #[must_use]
    pub fn end(mut self) -> Vec<i16> {
        self.keep_loudest();
        self.loudest.resize(self.length, 0);
        self.loudest
    }

    fn drop_all_but_a_window(&mut self) {
        self.keep_loudest();
        let gone = self.latest.len() - self.length;
        self.latest.drain(..gone);
        self.before += gone;
    }

    /// Sets the loudest window's samples apart, if they are among the latest.
    fn keep_loudest(&mut self) {
        let Some(start) = self.start.checked_sub(self.before) else { return };
        self.loudest.clear();
        self.loudest.extend(self.latest.iter().skip(start).take(self.length));
    }
}

/// The `length` consecutive samples with the highest energy, the first of equals. Shorter recordings are
/// padded with silence at their end.
///
/// ```
/// use host_trainer::audio::window;
///
/// assert_eq!(window(&[1, -5, 4, 0, 2], 2), [-5, 4]);
/// assert_eq!(window(&[7], 3), [7, 0, 0]);
/// ```
#[must_use]
pub fn window(samples: &[i16], length: usize) -> Vec<i16> {
    let mut loudest = Loudest::new(length);
    loudest.push(samples);
    loudest.end()
}

fn square(sample: i16) -> i64 {
    i64::from(sample) * i64::from(sample)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_of_equals_and_extreme_values() {
        assert_eq!(window(&[3, 0, 0, -3], 1), [3]);
        assert_eq!(window(&[i16::MAX, i16::MIN, i16::MIN, 0], 2), [i16::MIN, i16::MIN]);
        assert_eq!(window(&[], 2), [0, 0]);
        assert!(window(&[1, 2], 0).is_empty());
    }

    proptest! {
        #[test]
        fn no_stretch_is_louder(samples in prop::collection::vec(any::<i16>(), 0..60), length in 1..40usize) {
            let energy = |stretch: &[i16]| stretch.iter().map(|&s| i64::from(s).pow(2)).sum::<i64>();
            let found = window(&samples, length);
            prop_assert_eq!(found.len(), length);
            if samples.len() <= length {
                prop_assert_eq!(&found[..samples.len()], &samples[..]);
                prop_assert_eq!(energy(&found), energy(&samples));
            } else {
                let first_loudest = samples.windows(length).rev().max_by_key(|stretch| energy(stretch));
                prop_assert_eq!(Some(found.as_slice()), first_loudest);
            }
        }

        #[test]
        fn any_portions_give_the_window_of_the_whole(
            portions in prop::collection::vec(prop::collection::vec(-3..3i16, 0..9), 0..40),
            length in 0..12usize,
        ) {
            let mut loudest = Loudest::new(length);
            for portion in &portions {
                loudest.push(portion);
                prop_assert!(loudest.latest.len() <= 3 * length + 1);
            }
            let samples = portions.concat();
            let energy = |stretch: &[i16]| stretch.iter().map(|&s| i64::from(s).pow(2)).sum::<i64>();
            let starts = 0..=samples.len().saturating_sub(length);
            let stretch = |start: usize| &samples[start..(start + length).min(samples.len())];
            let start = starts.rev().max_by_key(|&start| energy(stretch(start))).unwrap();
            let mut expected = stretch(start).to_vec();
            expected.resize(length, 0);
            prop_assert_eq!(loudest.end(), expected);
        }
    }
}
