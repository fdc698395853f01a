//! Successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
//! Optimization", 2016), a third at a time as in Li et al., "Hyperband", 2018: many trials are trained for a
//! few epochs, the best third of them for three times as many, and so on.

use std::cmp::Ordering;

use super::trial::{Score, Trial};

/// How many trials there are for each that goes on, and how many times as long that is trained.
const FACTOR: usize = 3;
/// Rungs at most: a ninth of the epochs tells little already.
const RUNGS: u32 = 3;

/// The epochs of each rung. The last has those of the preset.
pub(crate) fn rungs(epochs: usize) -> Vec<usize> {
    let shorter = (1..RUNGS).map(|rung| epochs / FACTOR.pow(rung)).take_while(|&epochs| epochs > 0);
    let mut rungs: Vec<usize> = [epochs].into_iter().chain(shorter).collect();
    rungs.reverse();
    rungs
}

/// The trials with which a bracket of so many rungs begins, so that one is left for the last.
pub(super) fn first_rung(rungs: usize) -> usize {
    FACTOR.pow(rungs.saturating_sub(1) as u32)
}

/// The best third after a rung, best first; at least one.
pub(super) fn survivors(mut trials: Vec<&Trial>, rung: usize) -> Vec<usize> {
    let merit = |trial: &Trial| trial.scores.get(rung).copied().flatten();
    trials.sort_by(|a, b| better(merit(a), merit(b)).then(a.number.cmp(&b.number)));
    let kept = (trials.len() / FACTOR).max(1);
    trials.into_iter().take(kept).map(|trial| trial.number).collect()
}

/// Orders trials best first: by the longer training, as scores of different length don't compare, then by score.
pub(super) fn best_first(a: &Trial, b: &Trial) -> Ordering {
    let longer = b.scores.len().cmp(&a.scores.len());
    longer.then_with(|| better(a.latest(), b.latest())).then(a.number.cmp(&b.number))
}

/// A higher UA first, of equals the lower loss; what diverged last.
fn better(a: Option<Score>, b: Option<Score>) -> Ordering {
    let merit = |score: Option<Score>| score.map_or([f64::NEG_INFINITY; 2], |score| [score.ua, -score.loss]);
    let ([ua, loss], [other_ua, other_loss]) = (merit(a), merit(b));
    other_ua.total_cmp(&ua).then(other_loss.total_cmp(&loss))
}
