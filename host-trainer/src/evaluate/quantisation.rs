use serde::Serialize;

use super::intervals::{FEWEST_SPEAKERS, Tally, scores};
use super::{Answer, Interval};
use crate::table::percent;

/// From so much on it is worth a warning.
const MUCH: f64 = 0.03;

/// How much quantisation has cost: how much lower the blob's UA is than the float network's on the same clips.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct QuantisationLoss {
    /// 0 to 1; below 0 where the blob is better.
    pub ua: f64,
    /// Of a paired bootstrap by speaker, or, where fewer than three are heard, by clip: both arithmetics heard the same
    /// of them.
    pub ua_interval: Option<Interval>,
}

impl QuantisationLoss {
    /// Of answers, each in a fold: the figures are means over the folds.
    #[must_use]
    pub fn of<'a>(answers: impl IntoIterator<Item = (usize, &'a Answer)>) -> Self {
        let answers: Vec<_> = answers.into_iter().collect();
        let mut tallies = Tally::by_speaker(answers.iter().copied());
        if tallies.len() < FEWEST_SPEAKERS {
            tallies = answers.into_iter().flat_map(|answer| Tally::by_speaker([answer])).collect();
        }
        let lost = |drawn: &[&Tally]| {
            let [float, int8] = [Tally::float, Tally::int8].map(|of| scores(drawn, of).ua);
            float - int8
        };
        Self { ua: lost(&tallies.iter().collect::<Vec<_>>()), ua_interval: Interval::over(&tallies, lost) }
    }

    /// What to tell whoever trained the model, if it has lost much, and by more than chance.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let interval @ Interval([low, _]) = self.ua_interval?;
        (self.ua > MUCH && low > 0.0).then(|| {
            format!(
                "quantisation costs {} points of UA (95 %: {}), which is more than chance: a device will do worse \
                 than the float model. The int8 ranges are those of training clips: give more of them, of the devices \
                 and levels that are tested on; or train with another --seed or a lower learning rate",
                percent(self.ua),
                Interval::percents(Some(interval))
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Both;

    /// Clips of two classes in turn, each of which the float network knows and the blob takes for `int8`.
    fn answers(speakers: &[&str], int8: [usize; 2]) -> Vec<Answer> {
        let one = |class: usize| (0..2).map(|index| f32::from(u8::from(index == class))).collect();
        let answer = |(speaker, truth): (&&str, usize)| Answer {
            path: "a.wav".into(),
            corpus: "own".to_owned(),
            speaker: (*speaker).to_owned(),
            sex: None,
            truth,
            confidence: 0.5,
            logits: Both { float: one(truth), int8: one(int8[truth]) },
        };
        speakers.iter().zip([0, 1].into_iter().cycle()).map(answer).collect()
    }

    fn loss(answers: &[Answer]) -> QuantisationLoss {
        QuantisationLoss::of(answers.iter().map(|answer| (1, answer)))
    }

    /// Every second clip is lost, of whomever.
    #[test]
    fn a_loss_that_all_speakers_have_is_told() {
        let lost = loss(&answers(&["a", "a", "b", "b", "c", "c"], [0, 0]));
        assert_eq!((lost.ua, lost.ua_interval), (0.5, Some(Interval([0.5; 2]))));
        let warning = lost.warning().unwrap();
        assert!(
            warning.starts_with("quantisation costs 50.0 points of UA (95 %: 50.0 to 50.0)"),
            "{warning}"
        );
        // Of one speaker, or two, by clip.
        for speakers in [["a"; 4], ["a", "a", "b", "b"]] {
            assert!(loss(&answers(&speakers.repeat(10), [0, 0])).warning().is_some());
        }
    }

    #[test]
    fn nothing_is_told_of_chance_or_of_no_loss() {
        assert_eq!(loss(&answers(&["a", "a", "b", "b"], [0, 1])).warning(), None);
        assert_eq!(loss(&[]).warning(), None);
        // One clip of twelve, which is 8 points, of one speaker of six: in a third of the draws he is not among them.
        let mut chance = answers(&["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "f", "f"], [0, 1]);
        chance[1].logits.int8 = vec![1.0, 0.0];
        let chance = loss(&chance);
        assert!((chance.ua - 1.0 / 12.0).abs() < 1e-12);
        assert_eq!(chance.warning(), None);
        // Two points are little, even where they are no chance.
        let mut little = QuantisationLoss { ua: 0.02, ua_interval: Some(Interval([0.01, 0.04])) };
        assert_eq!(little.warning(), None);
        little.ua = 0.04;
        assert!(little.warning().is_some());
    }
}
