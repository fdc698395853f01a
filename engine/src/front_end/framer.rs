use super::MAX_FFT_LENGTH;

static SILENCE: [i16; 64] = [0; 64];

/// Cuts a stream of samples into frames; frame `t` is centred on sample `t * hop`.
///
/// It holds the latest `length` samples and nothing else. A recording starts with `length / 2` zeros
/// before its first sample (librosa's `center=True, pad_mode="constant"`).
pub(super) struct Framer {
    ring: [i16; MAX_FFT_LENGTH],
    length: usize,
    /// 0 as long as there is nothing to do.
    hop: usize,
    /// The place of the oldest sample, where the next one goes.
    head: usize,
    /// Samples that the next frame still waits for.
    missing: usize,
}

impl Framer {
    /// A framer that never completes a frame.
    pub(super) const fn new() -> Self {
        Self { ring: [0; MAX_FFT_LENGTH], length: 0, hop: 0, head: 0, missing: 0 }
    }

    /// Starts a recording; `length` is even and at most [`MAX_FFT_LENGTH`].
    pub(super) fn start(&mut self, length: usize, hop: usize) {
        self.ring.fill(0);
        (self.length, self.hop, self.head, self.missing) = (length, hop, 0, length / 2);
    }

    /// Takes samples until a frame is complete; None when it needs more than these, else what is left.
    pub(super) fn fill<'s>(&mut self, samples: &'s [i16]) -> Option<&'s [i16]> {
        if self.hop == 0 {
            return None;
        }
        let Some((taken, left)) = samples.split_at_checked(self.missing) else {
            self.store(samples);
            self.missing = self.missing.saturating_sub(samples.len());
            return None;
        };
        self.store(taken);
        self.missing = self.hop;
        Some(left)
    }

    /// Samples that the next frame still waits for.
    pub(super) const fn missing(&self) -> usize {
        self.missing
    }

    /// Completes a frame with zeros.
    pub(super) fn fill_with_silence(&mut self) {
        // Zeros that the hop would skip need not be stored.
        let mut missing = self.missing.min(self.length);
        while missing > 0 {
            self.store(SILENCE.get(..missing).unwrap_or(&SILENCE));
            missing = missing.saturating_sub(SILENCE.len());
        }
        self.missing = self.hop;
    }

    /// The frame: its older and its newer part.
    pub(super) fn frame(&self) -> [&[i16]; 2] {
        let ring = self.ring.get(..self.length).unwrap_or_default();
        let (newer, older) = ring.split_at_checked(self.head).unwrap_or_default();
        [older, newer]
    }

    fn store(&mut self, samples: &[i16]) {
        // With a hop above the length, samples between frames belong to none.
        let skipped = samples.len().saturating_sub(self.length);
        let samples = samples.get(skipped..).unwrap_or_default();
        let ring = self.ring.get_mut(..self.length).unwrap_or_default();
        let Some((newer, older)) = ring.split_at_mut_checked(self.head) else { return };
        let (first, second) = samples.split_at_checked(older.len()).unwrap_or((samples, &[]));
        copy(first, older);
        copy(second, newer);
        self.head = self.head.wrapping_add(samples.len());
        if self.head >= self.length {
            self.head = self.head.wrapping_sub(self.length);
        }
    }
}

/// Fills the beginning of `slots`, as far as both go.
fn copy(samples: &[i16], slots: &mut [i16]) {
    let length = samples.len().min(slots.len());
    if let (Some(slots), Some(samples)) = (slots.get_mut(..length), samples.get(..length)) {
        slots.copy_from_slice(samples);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn frames(samples: &[i16], length: usize, hop: usize) -> Vec<Vec<i16>> {
        let mut framer = Framer::new();
        framer.start(length, hop);
        let mut frames = Vec::new();
        let mut rest = samples;
        while let Some(left) = framer.fill(rest) {
            rest = left;
            frames.push(framer.frame().concat());
        }
        frames
    }

    #[test]
    fn frames_are_centred_on_multiples_of_the_hop() {
        let samples: Vec<i16> = (1..=12).collect();
        let expected = [[0, 0, 1, 2], [2, 3, 4, 5], [5, 6, 7, 8], [8, 9, 10, 11]];
        assert_eq!(frames(&samples, 4, 3), expected);
        // A hop above the length leaves samples out.
        assert_eq!(frames(&samples, 4, 7), [[0, 0, 1, 2], [6, 7, 8, 9]]);
    }

    #[test]
    fn silence_completes_the_frame() {
        let mut framer = Framer::new();
        framer.start(4, 3);
        assert_eq!(framer.fill(&[1, 2, 3]), Some(&[3][..]));
        assert_eq!(framer.fill(&[3]), None);
        framer.fill_with_silence();
        assert_eq!(framer.frame().concat(), [2, 3, 0, 0]);
        framer.fill_with_silence();
        assert_eq!(framer.frame().concat(), [0, 0, 0, 0]);
    }

    #[test]
    fn long_silence_completes_the_frame() {
        let mut framer = Framer::new();
        framer.start(300, 170);
        assert_eq!(framer.fill(&[1; 150]), Some(&[][..]));
        framer.fill_with_silence();
        assert_eq!(framer.frame().concat(), [[1; 130].as_slice(), &[0; 170]].concat());
    }

    /// Every portion against every hop and length, small: each sample is its own index.
    #[test]
    #[cfg_attr(miri, ignore = "too many cases to interpret")]
    fn the_ring_turns_alike_for_portions_of_any_size() {
        let samples: Vec<i16> = (1..=23).collect();
        for (length, hop) in
            [2, 4, 6, 8].into_iter().flat_map(|length| (1..=11).map(move |hop| (length, hop)))
        {
            let padded = [&std::vec![0; length / 2], &samples[..]].concat();
            let expected: Vec<_> = padded.windows(length).step_by(hop).map(<[i16]>::to_vec).collect();
            for portion in 1..=samples.len() {
                let mut framer = Framer::new();
                framer.start(length, hop);
                let mut frames = Vec::new();
                for mut rest in samples.chunks(portion) {
                    while let Some(left) = framer.fill(rest) {
                        rest = left;
                        frames.push(framer.frame().concat());
                    }
                }
                assert_eq!(frames, expected, "length {length}, hop {hop}, portions of {portion}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_frame_is_a_cut_from_the_padded_recording(
            samples in proptest::collection::vec(any::<i16>(), 0..200),
            length in (1usize..20).prop_map(|half| 2 * half),
            hop in 1usize..60,
        ) {
            let mut padded = std::vec![0; length / 2];
            padded.extend(&samples);
            let expected: Vec<_> = padded.windows(length).step_by(hop).map(<[i16]>::to_vec).collect();
            prop_assert_eq!(frames(&samples, length, hop), expected);
        }
    }
}
