//! Which layers run together, and how many rows at a time, so that the network needs the least memory.

use heapless::Vec;

use super::schedule::{MAX_TENSORS, Schedule, Stage};
use super::sizes::{Sizes, aligned};
use crate::blob::Body;

/// How many rows at a time are tried.
const STRIPES: [usize; 3] = [4, 2, 1];
/// The most rows that a network may have, up to the last tensor of a stage, for the stage to be tried: this
/// bounds the time that planning takes.
const MAX_ROWS: usize = 1024;

/// The network's tensors in stages: of all ways that need the least memory, the one with the fewest steps.
/// Below `enough` bytes no memory is saved, since something else needs them.
///
/// Dynamic programming: the best way to a tensor is the best stage that ends with it, and the best way to what
/// comes before that.
pub(super) fn choose(body: &Body<'_>, sizes: &Sizes, enough: usize, stages: &mut Vec<Stage, MAX_TENSORS>) {
    let mut search = Search::new(body, sizes);
    search.run();
    let least = search.best.get(body.layers.len().saturating_add(1)).map_or(0, |best| best.bytes);
    search.limit = Some(least.max(enough));
    search.run();
    search.put_stages(stages);
}

/// The best way to compute so many tensors.
#[derive(Debug, Clone, Copy)]
struct Best {
    /// The last stage.
    stage: Stage,
    /// What the stage that needs most takes.
    bytes: usize,
    steps: usize,
}

impl Best {
    const UNKNOWN: Self = Self { stage: Stage::whole(0), bytes: usize::MAX, steps: usize::MAX };
}

struct Search<'s, 'b, 'a> {
    body: &'b Body<'a>,
    sizes: &'s Sizes,
    /// Stages that take more are left out. Without a limit the least memory is looked for, with one the fewest steps.
    limit: Option<usize>,
    /// By the number of tensors.
    best: [Best; MAX_TENSORS + 1],
}

impl<'s, 'b, 'a> Search<'s, 'b, 'a> {
    const fn new(body: &'b Body<'a>, sizes: &'s Sizes) -> Self {
        Self { body, sizes, limit: None, best: [Best::UNKNOWN; MAX_TENSORS + 1] }
    }

    fn run(&mut self) {
        self.best.fill(Best::UNKNOWN);
        if let Some(nothing) = self.best.first_mut() {
            (nothing.bytes, nothing.steps) = (0, 0);
        }
        let mut rows = 0usize;
        for last in 0..=self.body.layers.len() {
            self.offer(Stage::whole(last), self.sizes.alone(last), 1);
            rows = rows.saturating_add(self.body.tensor(last).map_or(0, |tensor| tensor.height.into()));
            if rows <= MAX_ROWS {
                STRIPES.into_iter().for_each(|stripe| self.try_stripe(last, stripe));
            }
        }
    }

    /// Follows the best stages from the last tensor back to the first.
    fn put_stages(&self, stages: &mut Vec<Stage, MAX_TENSORS>) {
        stages.clear();
        let mut count = self.body.layers.len().saturating_add(1);
        while let Some(Best { stage, .. }) = self.best.get(count).filter(|_| count > 0) {
            // No stage is empty, so there are at most as many as tensors.
            let _ = stages.push(*stage);
            count = stage.first;
        }
        stages.reverse();
    }

    /// Tries all stages of several tensors that end with one.
    fn try_stripe(&mut self, last: usize, stripe: usize) {
        let longest = Stage { first: self.sizes.first_together(last), last, stripe };
        let bands = Bands::of(self.body, longest);
        let mut steps = bands.steps(last);
        let mut bytes = self.sizes.whole(last);
        let mut kernel = self.sizes.kernel(last);
        for first in (longest.first..last).rev() {
            steps = steps.saturating_add(bands.steps(first));
            bytes = bytes.saturating_add(aligned(self.sizes.band(first, bands.rows(first))));
            kernel = self.sizes.kernel(first).max(kernel);
            let together = self.sizes.waiting(first).saturating_add(bytes).saturating_add(kernel);
            self.offer(Stage { first, ..longest }, together, steps);
        }
    }

    fn offer(&mut self, stage: Stage, bytes: usize, steps: usize) {
        let Some(&before) = self.best.get(stage.first) else { return };
        let Some(best) = self.best.get_mut(stage.last.saturating_add(1)) else { return };
        let (bytes, steps) = (before.bytes.max(bytes), before.steps.saturating_add(steps));
        let is_better = match self.limit {
            None => bytes < best.bytes,
            Some(limit) => bytes <= limit && steps < best.steps,
        };
        if is_better {
            *best = Best { stage, bytes, steps };
        }
    }
}

/// How much of each tensor a stage keeps at a time, and in how many steps it computes them.
///
/// The same holds of a stage that begins later and ends alike, for those tensors that are its own: what is there
/// already changes no other tensor's turn.
pub(super) struct Bands {
    rows: [u16; MAX_TENSORS],
    steps: [u16; MAX_TENSORS],
}

impl Bands {
    pub(super) fn of(body: &Body<'_>, stage: Stage) -> Self {
        let mut bands = Self { rows: [0; MAX_TENSORS], steps: [0; MAX_TENSORS] };
        let mut schedule = Schedule::new(body, stage.first);
        while let Some(step) = schedule.next(stage) {
            let kept = schedule.kept(step.tensor).len() as u16;
            if let Some(rows) = bands.rows.get_mut(step.tensor) {
                *rows = kept.max(*rows);
            }
            if let Some(steps) = bands.steps.get_mut(step.tensor) {
                *steps = steps.saturating_add(1);
            }
        }
        bands
    }

    /// The most rows of a tensor that are there at a time.
    pub(super) fn rows(&self, tensor: usize) -> usize {
        self.rows.get(tensor).copied().unwrap_or(0).into()
    }

    fn steps(&self, tensor: usize) -> usize {
        self.steps.get(tensor).copied().unwrap_or(0).into()
    }
}
