//! Progress bars on standard error; hidden where that is not a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar with the time left, for `length` steps of one kind.
pub(crate) fn bar(length: usize, doing: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} ({eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length as u64).with_style(style).with_message(doing)
}
