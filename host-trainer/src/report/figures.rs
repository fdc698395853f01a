use std::borrow::Borrow;

use crate::evaluate::{Confusion, Interval};

/// One cell of a confusion matrix.
pub struct Cell {
    pub clips: usize,
    /// Of the row, 0 to 1.
    pub share: f64,
}

impl Cell {
    pub fn percent(&self) -> String {
        format!("{:.0}", 100.0 * self.share)
    }
}

/// How pages write figures.
pub trait Figures {
    fn rows<'c>(&self, confusion: &'c Confusion) -> Vec<(&'c str, Vec<Cell>)> {
        let rows = confusion.counts().iter().map(|row| {
            let total = row.iter().sum::<usize>().max(1) as f64;
            row.iter().map(|&clips| Cell { clips, share: clips as f64 / total }).collect()
        });
        confusion.labels().iter().map(String::as_str).zip(rows).collect()
    }

    fn percent(&self, share: impl Borrow<f64>) -> String {
        format!("{:.1} %", 100.0 * share.borrow())
    }

    /// Both ends of an interval.
    fn interval(&self, interval: &Option<Interval>) -> String {
        let unit = if interval.is_some() { " %" } else { "" };
        Interval::percents(*interval) + unit
    }

    fn percent_only(&self, share: &f64) -> String {
        format!("{:.1}", 100.0 * share)
    }

    fn mega(&self, value: &u64) -> String {
        format!("{:.1}", *value as f64 / 1e6)
    }

    fn kibi(&self, bytes: &usize) -> String {
        format!("{:.0}", *bytes as f64 / 1024.0)
    }

    /// Thousands apart.
    fn count(&self, value: &impl ToString) -> String {
        let digits = value.to_string();
        let groups = digits.as_bytes().rchunks(3).rev().filter_map(|group| str::from_utf8(group).ok());
        let groups: Vec<&str> = groups.collect();
        groups.join("\u{202f}")
    }
}
