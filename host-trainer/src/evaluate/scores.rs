use serde::{Deserialize, Serialize};

use super::Confusion;

/// A figure of the float network, and of the blob as the engine runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Both<T> {
    /// Of the float network.
    pub float: T,
    /// Of the blob.
    pub int8: T,
}

impl<T> Both<T> {
    /// The same of each.
    pub fn map<U>(&self, f: impl Fn(&T) -> U) -> Both<U> {
        Both { float: f(&self.float), int8: f(&self.int8) }
    }
}

/// Weighted and unweighted accuracy, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// The share of clips that is right.
    pub wa: f64,
    /// The mean of the class recalls.
    pub ua: f64,
}

impl Scores {
    pub(crate) fn of(confusion: &Confusion) -> Self {
        Self { wa: confusion.wa(), ua: confusion.ua() }
    }

    /// The mean of each figure; of none, 0.
    pub(crate) fn mean(all: &[Self]) -> Self {
        let over = |part: fn(&Self) -> f64| mean(&all.iter().map(part).collect::<Vec<_>>());
        Self { wa: over(|scores| scores.wa), ua: over(|scores| scores.ua) }
    }
}

impl Both<Scores> {
    /// The mean of each figure; of none, 0.
    pub(crate) fn mean(all: &[Self]) -> Self {
        Self::figure_by_figure(all, mean)
    }

    /// The standard deviation of each figure, estimated from a sample; unknown of fewer than two.
    pub(crate) fn deviation(all: &[Self]) -> Option<Self> {
        (all.len() >= 2).then(|| Self::figure_by_figure(all, deviation))
    }

    fn figure_by_figure(all: &[Self], figure: fn(&[f64]) -> f64) -> Self {
        let over = |part: fn(&Self) -> f64| figure(&all.iter().map(part).collect::<Vec<_>>());
        Self {
            float: Scores { wa: over(|both| both.float.wa), ua: over(|both| both.float.ua) },
            int8: Scores { wa: over(|both| both.int8.wa), ua: over(|both| both.int8.ua) },
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
}
