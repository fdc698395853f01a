use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Answer, Both, Scores};
use crate::table::percent;

/// How often speakers are drawn anew.
const DRAWS: usize = 2000;
/// Of fewer, the draws are hardly different: nothing is told of other speakers.
pub(super) const FEWEST_SPEAKERS: usize = 3;
/// The share of draws that lies outside, half of it on each side.
const OUTSIDE: f64 = 0.05;
/// The draws are the same each time.
const SEED: u64 = 0;

/// Within which a figure lies in 95 % of draws: `[low, high]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval(pub [f64; 2]);

impl Interval {
    /// A bootstrap by speaker (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993): as many speakers as
    /// there are, drawn with replacement, since the clips of one are alike; percentiles of what they come to. For a
    /// difference between two systems it is paired if a speaker is what both say of them. None of fewer than three
    /// speakers, who tell hardly anything of others.
    pub fn over<S>(speakers: &[S], figure: impl Fn(&[&S]) -> f64) -> Option<Self> {
        if speakers.len() < FEWEST_SPEAKERS {
            return None;
        }
        let mut rng = ChaCha8Rng::seed_from_u64(SEED);
        let mut draw = || {
            let drawn: Vec<&S> =
                speakers.iter().map(|_| &speakers[rng.random_range(0..speakers.len())]).collect();
            figure(&drawn)
        };
        let mut figures: Vec<f64> = (0..DRAWS).map(|_| draw()).collect();
        figures.sort_by(f64::total_cmp);
        let outside = (OUTSIDE / 2.0 * DRAWS as f64) as usize;
        Some(Self([figures[outside], figures[DRAWS - 1 - outside]]))
    }

    /// Both ends with a format's digits, or why there are none.
    pub(crate) fn text(interval: Option<Self>, format: impl Fn(f64) -> String) -> String {
        let ends = |Self(ends): Self| ends.map(format).join(" to ");
        interval.map_or_else(|| format!("fewer than {FEWEST_SPEAKERS} speakers, no interval"), ends)
    }

    /// Both ends as percent with one digit.
    pub(crate) fn percents(interval: Option<Self>) -> String {
        Self::text(interval, percent)
    }
}

/// The intervals of a model's figures; None, in JSON null, where fewer than three speakers are heard.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OfScores {
    /// Of the share of clips that is right.
    pub wa: Option<Interval>,
    /// Of the mean recall.
    pub ua: Option<Interval>,
}

impl Both<OfScores> {
    /// Of answers, each in a fold: the figures are means over the folds that speakers are drawn of.
    #[must_use]
    pub fn of<'a>(answers: impl IntoIterator<Item = (usize, &'a Answer)>) -> Self {
        let tallies = Tally::by_speaker(answers);
        let figure = |tally: fn(&Tally) -> &Counts, of: fn(&Scores) -> f64| {
            Interval::over(&tallies, |drawn| of(&scores(drawn, tally)))
        };
        let both = |tally| OfScores { wa: figure(tally, |s| s.wa), ua: figure(tally, |s| s.ua) };
        Self { float: both(Tally::float), int8: both(Tally::int8) }
    }
}

/// Clips that were right and all clips, by class.
pub(crate) type Counts = BTreeMap<usize, [usize; 2]>;

/// What is right of what a speaker says in a fold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tally {
    fold: usize,
    counts: Both<Counts>,
}

impl Tally {
    pub(super) fn float(&self) -> &Counts {
        &self.counts.float
    }

    pub(super) fn int8(&self) -> &Counts {
        &self.counts.int8
    }

    /// Speakers are told apart by [voice](Answer::voice).
    pub(crate) fn by_speaker<'a>(answers: impl IntoIterator<Item = (usize, &'a Answer)>) -> Vec<Self> {
        let mut tallies: BTreeMap<_, Self> = BTreeMap::new();
        for (fold, answer) in answers {
            let empty = || Self { fold, counts: Both { float: Counts::new(), int8: Counts::new() } };
            let tally = tallies.entry((fold, answer.voice())).or_insert_with(empty);
            let said = answer.said();
            for (counts, said) in [(&mut tally.counts.float, said.float), (&mut tally.counts.int8, said.int8)]
            {
                let [right, all] = counts.entry(answer.truth).or_default();
                *right += usize::from(said == answer.truth);
                *all += 1;
            }
        }
        tallies.into_values().collect()
    }
}

/// The means over the folds.
pub(super) fn scores(drawn: &[&Tally], counts: fn(&Tally) -> &Counts) -> Scores {
    let mut folds: BTreeMap<usize, Counts> = BTreeMap::new();
    for tally in drawn {
        let sums = folds.entry(tally.fold).or_default();
        for (&class, [right, all]) in counts(tally) {
            let sum = sums.entry(class).or_default();
            sum[0] += right;
            sum[1] += all;
        }
    }
    Scores::mean(&folds.values().map(of_fold).collect::<Vec<_>>())
}

fn of_fold(counts: &Counts) -> Scores {
    let share = |[right, all]: [usize; 2]| right as f64 / all.max(1) as f64;
    let total = counts.values().fold([0; 2], |sum, count| [sum[0] + count[0], sum[1] + count[1]]);
    let recalls: f64 = counts.values().copied().map(share).sum();
    Scores { wa: share(total), ua: recalls / counts.len().max(1) as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_speakers_tell_nothing_of_others() {
        let over = |speakers: &[f64]| Interval::over(speakers, |drawn| drawn.iter().copied().sum::<f64>());
        for few in [&[0.5][..], &[0.2, 0.5]] {
            assert_eq!(over(few), None);
        }
        assert!(over(&[0.2, 0.5, 0.6]).is_some());
        assert_eq!(Interval::percents(None), "fewer than 3 speakers, no interval");
        let both = Both::of([(1, &answer("a", 0, 0)), (1, &answer("b", 0, 0))]);
        assert_eq!(serde_json::to_string(&both.int8).unwrap(), r#"{"wa":null,"ua":null}"#);
    }

    /// The mean of n values of 0 and 1, half each, has a standard error of 0.5 / √n.
    #[test]
    fn an_interval_is_as_wide_as_theory_has_it() {
        let speakers: Vec<f64> = (0..100).map(|index| f64::from(index % 2)).collect();
        let Interval([low, high]) =
            Interval::over(&speakers, |drawn| drawn.iter().copied().sum::<f64>() / drawn.len() as f64)
                .unwrap();
        assert!(
            (low - (0.5 - 1.96 * 0.05)).abs() < 0.015 && (high - (0.5 + 1.96 * 0.05)).abs() < 0.015,
            "{low} {high}"
        );
    }

    fn answer(speaker: &str, truth: usize, int8: usize) -> Answer {
        let one = |class: usize| (0..2).map(|index| f32::from(u8::from(index == class))).collect();
        Answer {
            path: "a.wav".into(),
            corpus: "own".to_owned(),
            speaker: speaker.to_owned(),
            sex: None,
            truth,
            confidence: 0.5,
            logits: Both { float: one(truth), int8: one(int8) },
        }
    }

    #[test]
    fn speakers_who_are_alike_leave_no_doubt_and_others_do() {
        let alike = ["a", "b", "c"].map(|speaker| [answer(speaker, 0, 0), answer(speaker, 1, 0)]).concat();
        let found = Both::of(alike.iter().map(|answer| (1, answer)));
        assert_eq!((found.int8.ua, found.float.ua), (Some(Interval([0.5; 2])), Some(Interval([1.0; 2]))));
        let mut unlike = alike;
        unlike[1] = answer("a", 1, 1);
        let Interval([low, high]) = Both::of(unlike.iter().map(|answer| (1, answer))).int8.ua.unwrap();
        assert!(low == 0.5 && high > 0.6, "{low} {high}");
    }

    /// Who speaks in RAVDESS and who sings is one person.
    #[test]
    fn a_speaker_in_two_corpora_is_one_person() {
        let of = |corpus: &str| Answer { corpus: corpus.to_owned(), ..answer("01", 0, 0) };
        let tallies = |answers: &[Answer]| Tally::by_speaker(answers.iter().map(|answer| (0, answer))).len();
        assert_eq!(tallies(&[of("ravdess"), of("ravdess-song")]), 1);
        assert_eq!(tallies(&[of("ravdess"), of("savee")]), 2);
    }

    /// Folds count the same, whatever their clips: 1 and 1/3.
    #[test]
    fn figures_are_means_over_folds() {
        let answers =
            [(1, answer("a", 0, 0)), (2, answer("b", 0, 0)), (2, answer("b", 0, 1)), (2, answer("b", 0, 1))];
        let tallies = Tally::by_speaker(answers.iter().map(|(fold, answer)| (*fold, answer)));
        let found = scores(&tallies.iter().collect::<Vec<_>>(), |tally| &tally.counts.int8);
        assert!((found.ua - 2.0 / 3.0).abs() < 1e-12);
    }
}
