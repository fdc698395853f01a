/// Samples that are kept at most: 93 ms at 22050 Hz, 43 ms at 48000.
const LENGTH: usize = 2048;
/// For how long they are kept at most, in ms: how a word begins should depend on the microphone's rate as little as
/// memory allows.
const LONGEST: u32 = 93;

/// The latest samples, which are listened to once it turns out that somebody speaks: the beginning of a word is not
/// lost.
pub(in crate::listen) struct PreRoll {
    samples: [i16; LENGTH],
    /// How many are kept.
    most: usize,
    /// Where the oldest one lies.
    first: usize,
    count: usize,
}

impl PreRoll {
    /// Keeps nothing yet.
    pub(in crate::listen) const fn new() -> Self {
        Self { samples: [0; LENGTH], most: 0, first: 0, count: 0 }
    }

    /// Begins a stream of a sample rate in Hz.
    pub(in crate::listen) fn begin(&mut self, sample_rate: u32) {
        self.most = LENGTH.min(sample_rate.saturating_mul(LONGEST) as usize / 1000);
        self.count = 0;
    }

    pub(in crate::listen) const fn len(&self) -> u64 {
        self.count as u64
    }

    /// Takes in a sample; the oldest one leaves if there is no room.
    #[inline]
    pub(in crate::listen) fn push(&mut self, sample: i16) {
        let place = self.first.wrapping_add(self.count) % LENGTH;
        if let Some(place) = self.samples.get_mut(place) {
            *place = sample;
        }
        if self.count < self.most {
            self.count = self.count.wrapping_add(1);
        } else {
            self.first = self.first.wrapping_add(1) % LENGTH;
        }
    }

    /// Takes in samples, as if one by one.
    pub(in crate::listen) fn extend(&mut self, samples: &[i16]) {
        let (_, samples) = samples.split_at(samples.len().saturating_sub(LENGTH));
        let start = self.first.wrapping_add(self.count) % LENGTH;
        let (behind, before) = samples.split_at(samples.len().min(LENGTH - start));
        for (start, part) in [(start, behind), (0, before)] {
            if let Some(places) =
                self.samples.get_mut(start..).and_then(|places| places.get_mut(..part.len()))
            {
                places.copy_from_slice(part);
            }
        }
        let count = self.count.wrapping_add(samples.len());
        self.count = count.min(self.most);
        self.first = self.first.wrapping_add(count.wrapping_sub(self.count)) % LENGTH;
    }

    /// The oldest sample.
    pub(in crate::listen) fn pop(&mut self) -> Option<i16> {
        self.count = self.count.checked_sub(1)?;
        let sample = self.samples.get(self.first).copied();
        self.first = self.first.wrapping_add(1) % LENGTH;
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(sample_rate: u32) -> PreRoll {
        let mut pre_roll = PreRoll::new();
        pre_roll.begin(sample_rate);
        pre_roll
    }

    /// 93 ms, or what there is room for.
    #[test]
    fn as_long_is_kept_from_any_microphone_as_there_is_room_for() {
        for (rate, expected) in [(4000, 372), (8000, 744), (16_000, 1488), (22_050, 2048), (48_000, 2048)] {
            let mut pre_roll = begun(rate);
            pre_roll.extend(&[1; 5000]);
            assert_eq!(pre_roll.len(), expected);
        }
    }

    #[test]
    fn many_are_taken_in_as_one_by_one() {
        let samples: [i16; 5000] = core::array::from_fn(|n| n as i16);
        for (length, rate) in
            [1, 7, 64, 777, 2047, 2048, 2049, 5000].into_iter().flat_map(|n| [(n, 8000), (n, 48_000)])
        {
            let [mut at_once, mut one_by_one] = [begun(rate), begun(rate)];
            for part in samples.chunks(length) {
                at_once.extend(part);
                part.iter().for_each(|&sample| one_by_one.push(sample));
                assert_eq!((at_once.pop(), at_once.len()), (one_by_one.pop(), one_by_one.len()));
            }
            assert!(core::iter::from_fn(|| at_once.pop()).eq(core::iter::from_fn(|| one_by_one.pop())));
        }
    }

    #[test]
    fn the_latest_samples_leave_in_order() {
        let mut pre_roll = begun(48_000);
        (0..5000).for_each(|sample| pre_roll.push(sample));
        assert_eq!(pre_roll.len(), 2048);
        let left = core::iter::from_fn(|| pre_roll.pop());
        assert!(left.eq(5000 - 2048..5000));
        assert_eq!(pre_roll.pop(), None);
    }
}
