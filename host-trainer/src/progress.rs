//! Progress bars on standard error; hidden where that is not a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use indicatif::{FormattedDuration, HumanDuration, MultiProgress, ProgressBar, ProgressState, ProgressStyle};

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
    /// Steps that were worked for; others were done in an earlier run.
    worked: Arc<AtomicU32>,
}

impl Board {
    /// A board of works that together have `length` steps.
    pub(crate) fn new(length: usize, doing: &'static str) -> Self {
        let bars = MultiProgress::new();
        let worked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&worked);
        let left = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
            let open = state.len().unwrap_or(0).saturating_sub(state.pos());
            let left = left(state.elapsed(), counted.load(Ordering::Relaxed), open);
            _ = match left {
                Some(left) => write!(text, "{}", FormattedDuration(left)),
                None => text.write_str("?"),
            };
        };
        let bar = bar(length, doing);
        let style = bar.style().with_key("eta", left);
        Self { total: bars.add(bar.with_style(style)), bars, worked }
    }

    /// A bar for one of the works.
    pub(crate) fn bar(&self, name: &str) -> ProgressBar {
        self.bars.insert_before(&self.total, bar(0, "starting").with_prefix(format!("{name}: ")))
    }

    /// Counts steps of all works. Of several at once all but the last are those of an earlier run.
    pub(crate) fn advance(&self, steps: usize) {
        self.worked.fetch_add(u32::from(steps > 0), Ordering::Relaxed);
        self.total.inc(steps as u64);
    }

    /// Prints a line and how much of everything is left.
    pub(crate) fn line(&self, text: &str) {
        let open = self.total.length().unwrap_or(0).saturating_sub(self.total.position());
        let left = left(self.total.elapsed(), self.worked.load(Ordering::Relaxed), open);
        let left = left.map(|left| format!(" ({} left)", HumanDuration(left))).unwrap_or_default();
        self.bars.suspend(|| eprintln!("{text}{left}"));
    }
}

/// How long the open steps will take, if as long as those that were worked for. A bar's own estimate goes by the last
/// seconds, and would have years to go after a pause between two steps.
fn left(elapsed: Duration, worked: u32, open: u64) -> Option<Duration> {
    let seconds = elapsed.as_secs_f64() / f64::from(worked) * open as f64;
    Duration::try_from_secs_f64(seconds).ok()
}

impl Drop for Board {
    fn drop(&mut self) {
        self.total.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_takes_as_long_as_what_was_worked_for() {
        let seconds = Duration::from_secs;
        assert_eq!(left(seconds(600), 60, 120), Some(seconds(1200)));
        assert_eq!(left(seconds(600), 60, 0), Some(seconds(0)));
        assert_eq!(left(seconds(600), 0, 120), None);
    }

    #[test]
    fn steps_of_an_earlier_run_say_nothing_of_the_pace() {
        let board = Board::new(100, "steps");
        board.advance(0);
        board.advance(41);
        board.advance(1);
        assert_eq!((board.total.position(), board.worked.load(Ordering::Relaxed)), (42, 2));
    }
}
