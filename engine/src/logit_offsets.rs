use crate::blob::{MAX_LABELS, Rescale};
use crate::front_end::rounded_quotient;

/// How far an utterance's logit of its own label is taken to be above the mean of all, in nats.
const OWN_LABEL: u64 = 3;
/// Utterances of a label that are counted.
const MOST: u8 = 64;
/// Offsets have so many steps in one of an int8 logit.
const STEPS: i32 = 256;

/// How far each label's logit is, for one voice in its room, from what it is for voices in general, whatever is said:
/// an unlabelled adaptation of the last layer's bias.
///
/// An utterance's logits less their mean are taken to be `a (e - 1/n) + offset + noise`, with 1 for its label of `n`
/// in `e`, and the offset to be 0 unless heard otherwise. After each utterance what its logits leave of that draws the
/// offsets nearer, by a part in `n (1 + k)` if its answer was the `k`th for that label. So every label has the same
/// weight, however often it was answered, and the assumption that offsets are 0 that of one utterance of each. A label
/// that has been answered once more than labels have on the mean teaches nothing until the others have caught up: a
/// voice that is neutral all day is not taken for one that sounds more neutral than others.
pub(crate) struct LogitOffsets {
    /// In 1/256 of a step of the int8 logits.
    offsets: [i16; MAX_LABELS],
    /// Utterances that were learnt from, by the label of their answer.
    utterances: [u8; MAX_LABELS],
}

impl LogitOffsets {
    /// Those of voices in general.
    pub(crate) const fn new() -> Self {
        Self { offsets: [0; MAX_LABELS], utterances: [0; MAX_LABELS] }
    }

    /// Takes on what was known before.
    pub(crate) fn restore(&mut self, utterances: &[u8], offsets: &[i16]) {
        *self = Self::new();
        self.offsets.iter_mut().zip(offsets).for_each(|(place, &offset)| *place = offset);
        self.utterances.iter_mut().zip(utterances).for_each(|(place, &count)| *place = count.min(MOST));
    }

    /// Whether anything was learnt.
    pub(crate) fn are_known(&self) -> bool {
        self.utterances.iter().any(|&count| count > 0)
    }

    /// Utterances that were learnt from, by the label of their answer, at most 64 of each.
    pub(crate) fn utterances(&self, labels: usize) -> &[u8] {
        self.utterances.get(..labels).unwrap_or_default()
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

    /// Learns from an utterance: its int8 logits as the network gave them, the label that was answered with the
    /// offsets so far taken off, and what brings a difference of logits to nats in Q5.26.
    pub(crate) fn learn(&mut self, scores: &[i8], label: usize, to_nats: Rescale) {
        let Some(divisor) = self.count(label, scores.len()) else { return };
        let own = own_label(to_nats).saturating_mul(STEPS);
        let less_own = |(index, &score)| steps(score).saturating_sub(if index == label { own } else { 0 });
        let values = (0..MAX_LABELS).zip(scores).map(less_own);
        let sum = values.clone().fold(0_i32, i32::saturating_add);
        let mean = rounded_quotient(sum, scores.len() as i32);
        for (offset, value) in self.offsets.iter_mut().zip(values) {
            let left = value.saturating_sub(mean).saturating_sub((*offset).into());
            let latest = i32::from(*offset).saturating_add(rounded_quotient(left, divisor));
            *offset = latest.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
        }
    }

    /// Counts an answer of a label, and returns the part by which the offsets are drawn nearer; None, if too many more
    /// were of this label than of others.
    fn count(&mut self, label: usize, labels: usize) -> Option<i32> {
        let counts = self.utterances.get_mut(..labels)?;
        let sum = counts.iter().fold(0_usize, |sum, &count| sum.saturating_add(count.into()));
        let count = counts.get_mut(label)?;
        if usize::from(*count).saturating_mul(labels) >= sum.saturating_add(labels) {
            return None;
        }
        *count = count.saturating_add(1).min(MOST);
        Some((labels as i32).saturating_mul(i32::from(*count).saturating_add(1)))
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
        assert_eq!([0.1, 0.25, 1.0].map(|step| own_label(nats(step))), [30, 12, 3]);
        assert_eq!(own_label(nats(1e-9)), 1000);
        assert_eq!(own_label(Rescale { multiplier: 0, shift: 0 }), 0);
    }

    #[test]
    fn worked_by_hand() {
        let mut offsets = LogitOffsets::new();
        // Logits of 2, 0 and -2 nats about their mean, of which the first label's three say 2, -1 and -1: 0, 1 and -1
        // nat are left. Of three labels the first utterance of one draws the offsets nearer by a sixth.
        offsets.learn(&[50, 30, 10], 0, nats(0.1));
        let sixth = 10 * 256 / 6 + 1;
        assert_eq!(offsets.offsets(3), [0, sixth, -sixth]);
        // The same again, by a ninth of what is missing.
        offsets.learn(&[50, 30, 10], 0, nats(0.1));
        let later = sixth + (10 * 256 - sixth + 4) / 9;
        assert_eq!(offsets.offsets(3), [0, later, -later]);
        // Two of one label are more than one above the mean: a third has to wait for the others.
        offsets.learn(&[50, 30, 10], 0, nats(0.1));
        assert_eq!((offsets.offsets(3), offsets.utterances(3)), (&[0, later, -later][..], &[2, 0, 0][..]));
        offsets.learn(&[30, 50, 10], 1, nats(0.1));
        offsets.learn(&[50, 30, 10], 0, nats(0.1));
        assert_eq!(offsets.utterances(3), [2, 1, 0]);
        offsets.learn(&[30, 10, 50], 2, nats(0.1));
        offsets.learn(&[50, 30, 10], 0, nats(0.1));
        assert_eq!(offsets.utterances(3), [3, 1, 1]);

        offsets.restore(&[1], &[-512, 256, 130]);
        let mut scores = [20, 26, -128];
        offsets.take_off(&mut scores);
        assert_eq!(scores, [124, 127, -27]); // 22, 25 and -128.5, and 102 more
        let mut scores = [127, -128, 0];
        offsets.take_off(&mut scores);
        assert_eq!(scores, [127, -128, -3]); // 129, -129 and -0.5; no logit is below -128
    }

    /// A voice whose logits are all moved alike is known for that once it has said everything, as often as it may
    /// have said one thing, and sounds like others then. As long as it says one thing only it is hardly known.
    #[test]
    fn a_voice_is_heard_like_others_in_the_end() {
        let moved = [24, -8, -16, 0];
        for (said, learnt) in [(&[0, 1, 2, 3][..], 1.0), (&[0, 0, 0, 0, 0, 0, 1, 2, 3], 1.0), (&[0], 0.21)] {
            let mut offsets = LogitOffsets::new();
            for utterance in 0..2000 {
                let label = said[utterance % said.len()];
                let scores: [i8; 4] =
                    std::array::from_fn(|other| moved[other] + if other == label { 22 } else { -8 });
                let mut heard = scores;
                offsets.take_off(&mut heard);
                let largest = heard.iter().max();
                let answer = heard.iter().position(|score| Some(score) == largest).unwrap();
                offsets.learn(&scores, answer, nats(0.1));
            }
            for (offset, moved) in offsets.offsets(4).iter().zip(moved) {
                let found = f64::from(*offset) / 256.0;
                assert!((found - learnt * f64::from(moved)).abs() < 1.5, "{said:?}: {found} for {moved}");
            }
        }
    }

    #[test]
    fn the_largest_values_stay_within_their_types() {
        let mut offsets = LogitOffsets::new();
        for extreme in [i16::MIN, i16::MAX] {
            offsets.restore(&[u8::MAX; MAX_LABELS + 1], &[extreme; MAX_LABELS + 1]);
            for scores in [[i8::MIN; MAX_LABELS], [i8::MAX; MAX_LABELS]] {
                offsets.learn(&scores, 0, nats(1e-9));
                offsets.take_off(&mut scores.clone());
            }
            assert_eq!(offsets.utterances(MAX_LABELS), [MOST; MAX_LABELS]);
        }
        offsets.learn(&[], 0, nats(0.1));
        offsets.learn(&[1, 2], 2, nats(0.1));
        offsets.learn(&[0; MAX_LABELS + 1], 0, nats(0.1));
    }
}
