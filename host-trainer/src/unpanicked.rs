//! Libraries that panic at damaged files.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static IS_SILENT: Cell<bool> = const { Cell::new(false) };
}

/// What a library answers; None if it panics, of which nothing is printed. What it worked on then is of no more use.
pub(crate) fn unpanicked<T>(work: impl FnOnce() -> T) -> Option<T> {
    silence_marked_threads();
    let was_silent = IS_SILENT.replace(true);
    let answer = panic::catch_unwind(AssertUnwindSafe(work));
    IS_SILENT.set(was_silent);
    answer.ok()
}

fn silence_marked_threads() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let hook = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_SILENT.get() {
                hook(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer_and_the_next_is_loud_again() {
        assert_eq!(unpanicked(|| 1), Some(1));
        assert_eq!(unpanicked(|| unpanicked(|| panic!("damaged")).is_none()), Some(true));
        assert!(!IS_SILENT.get());
    }
}
