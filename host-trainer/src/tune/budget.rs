use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time to begin trials in. A trial is begun only if, at the pace so far, it ends in time.
#[derive(Debug)]
pub(crate) struct Budget {
    begun: Instant,
    limit: Duration,
    /// Epochs of the trials that have ended, and the seconds that they took.
    spent: Mutex<(usize, f64)>,
}

impl Budget {
    /// Begins now.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { begun: Instant::now(), limit, spent: Mutex::new((0, 0.0)) }
    }

    /// Whether there is time for a trial of so many epochs. Until one has ended, there is as long as there is any time.
    pub(super) fn allows(&self, epochs: usize) -> bool {
        let (done, seconds) = *self.spent();
        let expected = seconds / done.max(1) as f64 * epochs as f64;
        let left = self.left().as_secs_f64();
        left > 0.0 && expected <= left
    }

    /// Counts a trial that has ended.
    pub(super) fn spend(&self, epochs: usize, took: Duration) {
        let mut spent = self.spent();
        spent.0 += epochs;
        spent.1 += took.as_secs_f64();
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.begun.elapsed())
    }

    fn spent(&self) -> MutexGuard<'_, (usize, f64)> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_longer_is_not_begun() {
        let budget = Budget::new(Duration::from_secs(1_000_000));
        assert!(budget.allows(1_000));
        budget.spend(10, Duration::from_secs(20_000));
        // 2000 s an epoch: a hundred epochs are a fifth of the time, a thousand twice as much as there is.
        assert!(budget.allows(100));
        assert!(!budget.allows(1_000));
        assert!(!Budget::new(Duration::ZERO).allows(1));
    }
}
