//! Progress bars on standard error; hidden where that is not a terminal.

use indicatif::{HumanDuration, MultiProgress, ProgressBar, ProgressStyle};

/// A bar with the time left, for `length` steps of one kind.
pub(crate) fn bar(length: usize, doing: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix}{msg} {wide_bar} {pos}/{len} ({eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style).with_message(doing)
}

/// Bars of several works at a time, and one of all of them below.
pub(crate) struct Board {
    bars: MultiProgress,
    total: ProgressBar,
}

impl Board {
    /// A board of works that together have `length` steps.
    pub(crate) fn new(length: usize, doing: &'static str) -> Self {
        let bars = MultiProgress::new();
        let total = bars.add(bar(length, doing));
        Self { bars, total }
    }

    /// A bar for one of the works.
    pub(crate) fn bar(&self, name: &str) -> ProgressBar {
        self.bars.insert_before(&self.total, bar(0, "starting").with_prefix(format!("{name}: ")))
    }

    /// Counts steps of all works.
    pub(crate) fn advance(&self, steps: usize) {
        self.total.inc(steps as u64);
    }

    /// Prints a line and how much of everything is left.
    pub(crate) fn line(&self, text: &str) {
        let left = HumanDuration(self.total.eta());
        self.bars.suspend(|| eprintln!("{text} ({left} left)"));
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.total.finish_and_clear();
    }
}
