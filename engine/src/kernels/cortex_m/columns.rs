//! Six patches side by side, in the order in which the convolution reads them.

use super::products::{STEP_VALUES, widen};
use crate::kernels::factor::MAX_KERNEL_SIZE;
use crate::kernels::patch::Patch;

/// Output positions that are computed together: as many sums as leave registers for what they sum.
pub(super) const COLUMNS: usize = 6;

/// Words of a step: two of each column.
pub(super) const STEP: usize = 2 * COLUMNS;
/// A word for each value that no step takes in, and slack: the last column begins in a step's midst.
const WORDS: usize = STEP * (MAX_KERNEL_SIZE / STEP_VALUES + 1) + 3 * COLUMNS;

/// The patches of [`COLUMNS`] output positions, widened.
///
/// A step is [`STEP_VALUES`] of each patch in turn as two words: with the DSP extension `a b c d` as `a c` and
/// `b d`, the pairs that `sxtb16` makes of four weights; else two values. What is left over at a patch's end
/// follows as words of their own.
pub(super) struct Columns {
    words: [u32; WORDS],
    patch: [i8; MAX_KERNEL_SIZE],
}

impl Columns {
    pub(super) const fn new() -> Self {
        Self { words: [0; WORDS], patch: [0; MAX_KERNEL_SIZE] }
    }

    pub(super) const fn words(&self) -> &[u32; WORDS] {
        &self.words
    }

    /// Lays out a patch of `kernel_size` values as column `index`, with padding filled in.
    pub(super) fn set(&mut self, index: usize, patch: &Patch<'_>, kernel_row: usize, kernel_size: usize) {
        if patch.is_whole() && kernel_row.is_multiple_of(STEP_VALUES) {
            let mut column = self.words.get_mut(2 * index..).unwrap_or_default();
            for row in patch.rows() {
                widen(row.as_chunks().0, column);
                column = column.get_mut(kernel_row / STEP_VALUES * STEP..).unwrap_or_default();
            }
            return;
        }
        let values = self.patch.get_mut(..kernel_size).unwrap_or_default();
        patch.copy_to(values, kernel_row);
        let (steps, singles) = values.as_chunks();
        widen(steps, self.words.get_mut(2 * index..).unwrap_or_default());
        let column = self.words.get_mut(steps.len() * STEP + index..).unwrap_or_default();
        for (&value, word) in singles.iter().zip(column.iter_mut().step_by(COLUMNS)) {
            *word = i32::from(value).cast_unsigned();
        }
    }
}
