use crate::blob::{MAX_LABELS, Rescale};
use crate::front_end::rounded_quotient;

/// How far an utterance's logit of its own label is taken to be above the mean of all, in nats.
const OWN_LABEL: u64 = 4;
/// Utterances that an offset of 0 counts as.
const PRIOR_WEIGHT: i32 = 8;
/// Utterances that are remembered.
const MEMORY: u16 = 64;
/// Offsets have so many steps in one of an int8 logit.
const STEPS: i32 = 256;

/// How far each label's logit is, for one voice in its room, from what it is for voices in general, whatever is said: an
/// unlabelled adaptation of the last layer's bias.
///
/// An utterance's logits less their mean are taken to be `a (e - 1/n) + offset + noise`, with 1 of `n` labels in `e`, and
/// the offset to be 0 unless heard otherwise. After each utterance comes one step of incremental EM (R. Neal and G.
/// Hinton, "A View of the EM Algorithm that Justifies Incremental, Sparse, and Other Variants", 1998): what is left of the
/// logits less `a (p - 1/n)`, for the posterior `p` that the offsets so far make, goes into their mean. So a voice that is
/// neutral all day is not taken for one that sounds more neutral than others: what its answers say of the label is taken
/// off first.
pub(crate) struct LogitOffsets {
    /// In 1/256 of a step of the int8 logits.
    offsets: [i16; MAX_LABELS],
    utterances: u16,
}

impl LogitOffsets {
    /// Those of voices in general.
    pub(crate) const fn new() -> Self {
        Self { offsets: [0; MAX_LABELS], utterances: 0 }
    }

    /// Takes on what was known before.
    pub(crate) fn restore(&mut self, utterances: u16, offsets: &[i16]) {
        *self = Self { utterances: utterances.min(MEMORY), ..Self::new() };
        self.offsets.iter_mut().zip(offsets).for_each(|(place, &offset)| *place = offset);
    }

    /// Utterances that they are known by, 0 for none.
    pub(crate) const fn utterances(&self) -> u16 {
        self.utterances
    }

    /// In 1/256 of a step of the int8 logits.
    pub(crate) fn offsets(&self, labels: usize) -> &[i16] {
        self.offsets.get(..labels).unwrap_or_default()
    }

    /// Takes the offsets off int8 logits; the largest becomes 127, since their differences alone matter.
    pub(crate) fn take_off(&self, scores: &mut [i8]) {
        let offsets = self.offsets.map(i32::from);
        let values = scores.iter().zip(offsets).map(|(&score, offset)| steps(score).saturating_sub(offset));
        let largest = values.max().unwrap_or(0);
        for (score, offset) in scores.iter_mut().zip(offsets) {
            let below = largest.saturating_sub(steps(*score).saturating_sub(offset));
            let value = i32::from(i8::MAX).saturating_sub(rounded_quotient(below, STEPS));
            *score = value.max(i8::MIN.into()) as i8;
        }
    }

    /// Learns from an utterance: its int8 logits as the network gave them, their probabilities with the offsets so far
    /// taken off, `(q + 128) / 256`, and what brings a difference of logits to nats in Q5.26.
    pub(crate) fn learn(&mut self, scores: &[i8], probabilities: &[i8], to_nats: Rescale) {
        let count = scores.len().min(MAX_LABELS) as i32;
        let sum = scores.iter().fold(0_i32, |sum, &score| sum.saturating_add(steps(score)));
        let mean = rounded_quotient(sum, count);
        let own = own_label(to_nats);
        let weight = PRIOR_WEIGHT.saturating_add(self.utterances.into());
        let answers = scores.iter().zip(probabilities);
        for (offset, (&score, &probability)) in self.offsets.iter_mut().zip(answers) {
            let share = i32::from(probability).saturating_sub(i8::MIN.into());
            let expected = own.saturating_mul(share.saturating_mul(count).saturating_sub(STEPS));
            let left = steps(score).saturating_sub(mean).saturating_sub(rounded_quotient(expected, count));
            let sum = i32::from(*offset).saturating_mul(weight).saturating_add(left);
            let latest = rounded_quotient(sum, weight.saturating_add(1));
            *offset = latest.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        }
        self.utterances = self.utterances.saturating_add(1).min(MEMORY);
    }
}

fn steps(score: i8) -> i32 {
    i32::from(score).saturating_mul(STEPS)
}

/// [`OWN_LABEL`] in steps of the int8 logits, whose factor to Q5.26 is `multiplier * 2^(shift - 31)`; of steps so small
/// that a thousand are not enough, a thousand.
fn own_label(Rescale { multiplier, shift }: Rescale) -> i32 {
    let exponent = 57_i32.saturating_sub(shift.into()).clamp(0, 61) as u32;
    let multiplier = u64::from(multiplier.max(0).unsigned_abs());
    (OWN_LABEL << exponent).checked_div(multiplier).unwrap_or(0).min(1000) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps of so many nats.
    fn nats(step: f64) -> Rescale {
        Rescale::from_real(step * f64::from(1 << 26))
    }

    #[test]
    fn nats_are_brought_to_steps() {
        assert_eq!([0.1, 0.25, 1.0].map(|step| own_label(nats(step))), [40, 16, 4]);
        assert_eq!(own_label(nats(1e-9)), 1000);
        assert_eq!(own_label(Rescale { multiplier: 0, shift: 0 }), 0);
    }

    #[test]
    fn worked_by_hand() {
        let mut offsets = LogitOffsets::new();
        // Logits of 2, 0 and -2 nats about their mean, of which the first label's four say 8/3, -4/3 and -4/3 where it is
        // sure: -2/3, 4/3 and -2/3 of a nat are left, of which one utterance against eight leaves a ninth.
        let [sure, none] = [127, -128];
        offsets.learn(&[50, 30, 10], &[sure, none, none], nats(0.1));
        let ninth = |nats: f64| (nats * 10.0 * 256.0 / 9.0).round() as i16;
        for (found, expected) in offsets.offsets(3).iter().zip([-2.0 / 3.0, 4.0 / 3.0, -2.0 / 3.0].map(ninth))
        {
            // 127 is 255/256.
            assert!((found - expected).abs() <= 5, "{found} {expected}");
        }
        assert_eq!((offsets.utterances(), offsets.offsets(3).len()), (1, 3));

        offsets.restore(1, &[-512, 256, 130]);
        let mut scores = [20, 26, -128];
        offsets.take_off(&mut scores);
        assert_eq!(scores, [124, 127, -27]); // 22, 25 and -128.5, and 102 more
        let mut scores = [127, -128, 0];
        offsets.take_off(&mut scores);
        assert_eq!(scores, [127, -128, -3]); // 129, -129 and -0.5; no logit is below -128
    }

    /// A voice whose logits are all moved alike is known for that whatever it says, and sounds like others then.
    #[test]
    fn a_voice_is_heard_like_others_in_the_end() {
        let moved = [24, -8, -16, 0];
        let softmax = |scores: [i8; 4]| {
            let powers = scores.map(|score| (f64::from(score) * 0.1).exp());
            powers.map(|power| (power / powers.iter().sum::<f64>() * 256.0 - 128.0).round().min(127.0) as i8)
        };
        for said in [&[0, 1, 2, 3][..], &[0], &[3]] {
            let mut offsets = LogitOffsets::new();
            for utterance in 0..200 {
                let label = said[utterance % said.len()];
                let scores: [i8; 4] =
                    std::array::from_fn(|other| moved[other] + if other == label { 30 } else { -10 });
                let mut heard = scores;
                offsets.take_off(&mut heard);
                offsets.learn(&scores, &softmax(heard), nats(0.1));
            }
            for (offset, moved) in offsets.offsets(4).iter().zip(moved) {
                let found = f64::from(*offset) / 256.0;
                assert!((found - f64::from(moved)).abs() < 5.0, "{said:?}: {found} for {moved}");
            }
        }
    }

    #[test]
    fn the_largest_values_stay_within_their_types() {
        let mut offsets = LogitOffsets::new();
        for extreme in [i16::MIN, i16::MAX] {
            offsets.restore(u16::MAX, &[extreme; MAX_LABELS + 1]);
            for scores in [[i8::MIN; MAX_LABELS], [i8::MAX; MAX_LABELS]] {
                offsets.learn(&scores, &[i8::MAX; MAX_LABELS], nats(1e-9));
                offsets.take_off(&mut scores.clone());
            }
            assert_eq!(offsets.utterances(), MEMORY);
        }
        offsets.learn(&[], &[], nats(0.1));
    }
}
