//! The patches of a tile, widened and side by side, as the convolution reads them.

use core::arch::asm;

use super::UNIT;
use crate::kernels::cortex_m::{Im2col, LARGE, Patch, SMALL};

/// The patches of a tile's positions, widened and side by side: the first value of each, then the second of each.
pub(in crate::kernels) struct Patches<'s> {
    pub(in crate::kernels) words: &'s mut [u32],
    pub(in crate::kernels) kernel_size: usize,
}

impl<'s> Patches<'s> {
    /// Room for at least a small tile's patches of `kernel_size` values; None where the scratch memory is too short.
    pub(in crate::kernels) fn new(scratch: &'s mut [i8], kernel_size: usize) -> Option<Self> {
        let words = bytemuck::pod_align_to_mut(scratch).1;
        let patches = Self { words, kernel_size };
        patches.has_room(SMALL).then_some(patches)
    }

    fn has_room(&self, positions: usize) -> bool {
        self.words.len() >= self.kernel_size.saturating_mul(positions)
    }

    /// The positions of the large tiles; without room for any, more than there can be.
    pub(in crate::kernels) fn most_positions(&self) -> usize {
        if self.has_room(LARGE) { LARGE } else { usize::MAX }
    }

    /// Behind the pairs of `N` patches.
    pub(in crate::kernels) fn end<const N: usize>(&self) -> *const u32 {
        self.words.as_ptr().wrapping_add((self.kernel_size / UNIT).wrapping_mul(UNIT * N))
    }

    /// Lays out the patches of `N` positions from `first` on, none behind `last`, with padding filled in.
    pub(in crate::kernels) fn lay_out<const N: usize>(
        &mut self,
        im2col: &Im2col<'_>,
        first: usize,
        last: usize,
    ) {
        if let Some(patches) = im2col.whole_patches(first, N) {
            for index in 0..N {
                self.lay_out_one::<N>(&patches.patch(index), im2col, index);
            }
        } else {
            for index in 0..N {
                let patch = im2col.patch(first.wrapping_add(index).min(last));
                self.lay_out_one::<N>(&patch, im2col, index);
            }
        }
    }

    /// Lays out one of `N` patches.
    fn lay_out_one<const N: usize>(&mut self, patch: &Patch<'_>, im2col: &Im2col<'_>, index: usize) {
        if !patch.is_whole {
            let column = self.words.get_mut(index..).unwrap_or_default().iter_mut().step_by(N);
            let padding = i32::from(im2col.zero_point).cast_unsigned();
            column.take(self.kernel_size).for_each(|word| *word = padding);
        }
        let start = patch.start.wrapping_mul(N).wrapping_add(index);
        widen::<N>(patch, im2col.kernel_row(), self.words.get_mut(start..).unwrap_or_default());
    }
}

/// Widens the part of a patch inside the input into the words of one of `N` patches, from its first value on.
fn widen<const N: usize>(patch: &Patch<'_>, kernel_row: usize, column: &mut [u32]) {
    let last_row = patch.rows.wrapping_sub(1).wrapping_mul(kernel_row);
    let words = last_row.wrapping_add(patch.len).wrapping_mul(N).wrapping_sub(N - 1);
    if patch.rows == 0 || words > column.len() {
        return;
    }
    // SAFETY: reads `rows` rows of `len` values, `pitch` apart: those of the patch, at least one. Writes a word for
    // each of them, `N` words apart and in rows of `kernel_row`: up to the last word whose index was compared.
    unsafe {
        asm!(
            "2:", // for each row
            "mov {source}, {row}",
            "lsrs {left}, {len}, #2",
            "beq 4f",
            "3:", // for each four values
            ".rept 4",
            "ldrsb {value}, [{source}], #1",
            "str {value}, [{column}], #{step}",
            ".endr",
            "subs {left}, #1",
            "bne 3b",
            "4:",
            "ands {left}, {len}, #3",
            "beq 6f",
            "5:", // for each value left
            "ldrsb {value}, [{source}], #1",
            "str {value}, [{column}], #{step}",
            "subs {left}, #1",
            "bne 5b",
            "6:",
            "add {row}, {pitch}",
            "add {column}, {gap}",
            "subs {rows}, #1",
            "bne 2b",
            row = inout(reg) patch.values.as_ptr() => _,
            pitch = in(reg) patch.pitch,
            gap = in(reg) kernel_row.wrapping_sub(patch.len).wrapping_mul(4 * N),
            rows = inout(reg) patch.rows => _,
            len = in(reg) patch.len,
            column = inout(reg) column.as_mut_ptr() => _,
            source = out(reg) _,
            left = out(reg) _,
            value = out(reg) _,
            step = const 4 * N,
            options(nostack),
        );
    }
}
