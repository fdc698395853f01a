//! Six patches side by side, in the order in which the convolution reads them.

use core::arch::asm;

use super::MAX_KERNEL_SIZE;
use crate::kernels::patch::Patch;

/// Output positions that are computed together: as many sums as leave registers for what they sum.
pub(super) const COLUMNS: usize = 6;

/// Words of a step: two of each column.
const STEP: usize = 2 * COLUMNS;
/// A word for each value that no step takes in, and slack: the last column begins in a step's midst.
const WORDS: usize = STEP * (MAX_KERNEL_SIZE / 4 + 1) + 3 * COLUMNS;

/// The patches of [`COLUMNS`] output positions, widened to int16.
///
/// A step is four values `a b c d` of each patch in turn, as the words `a c` and `b d`: the pairs that
/// `sxtb16` makes of four weights. What is left over at a patch's end follows as words of their own.
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
        if patch.is_whole() && kernel_row % 4 == 0 {
            let mut column = self.words.get_mut(2 * index..).unwrap_or_default();
            for row in patch.rows() {
                widen(row.as_chunks().0, column);
                column = column.get_mut(kernel_row / 4 * STEP..).unwrap_or_default();
            }
            return;
        }
        let values = self.patch.get_mut(..kernel_size).unwrap_or_default();
        patch.copy_to(values, kernel_row);
        let (fours, singles) = values.as_chunks();
        widen(fours, self.words.get_mut(2 * index..).unwrap_or_default());
        let column = self.words.get_mut(fours.len() * STEP + index..).unwrap_or_default();
        for (&value, word) in singles.iter().zip(column.iter_mut().step_by(COLUMNS)) {
            *word = i32::from(value).cast_unsigned();
        }
    }
}

/// Writes each four values as two words, as far as both slices go, then skips the other columns of the step.
fn widen(fours: &[[i8; 4]], column: &mut [u32]) {
    let steps = fours.len().min(column.len() / STEP);
    // SAFETY: reads four bytes from `fours` and writes two words to `column` for each step, the latter
    // `STEP` words apart: within both by the choice of `steps`. Words lie aligned, as `strd` wants them.
    unsafe {
        asm!(
            "lsrs {rest}, {steps}, #2",
            "beq 3f",
            "2:",
            ".rept 4",
            "ldr {odd}, [{values}], #4",
            "sxtb16 {even}, {odd}",
            "sxtb16 {odd}, {odd}, ror #8",
            "strd {even}, {odd}, [{column}], #48",
            ".endr",
            "subs {rest}, #1",
            "bne 2b",
            "3:",
            "ands {steps}, #3",
            "beq 5f",
            "4:",
            "ldr {odd}, [{values}], #4",
            "sxtb16 {even}, {odd}",
            "sxtb16 {odd}, {odd}, ror #8",
            "strd {even}, {odd}, [{column}], #48",
            "subs {steps}, #1",
            "bne 4b",
            "5:",
            values = inout(reg) fours.as_ptr() => _,
            column = inout(reg) column.as_mut_ptr() => _,
            steps = inout(reg) steps => _,
            rest = out(reg) _,
            even = out(reg) _,
            odd = out(reg) _,
            options(nostack),
        );
    }
}
