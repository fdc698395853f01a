//! The patches of a tile, widened and side by side, as the convolution reads them.

use core::arch::asm;

use super::UNIT;
use crate::kernels::cortex_m::{Im2col, Patch};
use crate::kernels::scalar::{MOST, Rows, SMALL};

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

    /// How many positions of a tile there is room for.
    pub(in crate::kernels) fn most_positions(&self) -> usize {
        (SMALL..=MOST).rev().find(|&positions| self.has_room(positions)).unwrap_or(SMALL)
    }

    /// Behind the pairs of so many patches.
    pub(in crate::kernels) fn end(&self, count: usize) -> *const u32 {
        self.words.as_ptr().wrapping_add((self.kernel_size / UNIT).wrapping_mul(UNIT).wrapping_mul(count))
    }

    /// Lays out the patches of `count` positions, two to [`MOST`], from `first` on, none behind `last`, with padding
    /// filled in.
    // Not inlined: tiles of each size have use for it.
    #[inline(never)]
    pub(in crate::kernels) fn lay_out(
        &mut self,
        im2col: &Im2col<'_>,
        count: usize,
        [first, last]: [usize; 2],
    ) {
        if let Some(patches) = im2col.whole_patches(first, count) {
            return widen(&Rows::of_whole(&patches, count), count, self.words);
        }
        for index in 0..count {
            let position = first.wrapping_add(index).min(last);
            match im2col.whole_patches(position, 1) {
                Some(patch) => {
                    let column = self.words.get_mut(index..).unwrap_or_default();
                    widen(&Rows::of_whole(&patch, 1), count, column);
                }
                None => self.lay_out_one(&im2col.patch(position), im2col, index, count),
            }
        }
    }

    /// Lays out one of `count` patches.
    fn lay_out_one(&mut self, patch: &Patch<'_>, im2col: &Im2col<'_>, index: usize, count: usize) {
        let kernel_row = im2col.kernel_row();
        let column = self.words.get_mut(index..).unwrap_or_default();
        if !patch.is_whole {
            fill(im2col.zero_point, patch, [kernel_row, self.kernel_size], count, column);
        }
        let column = column.get_mut(patch.start.wrapping_mul(count)..).unwrap_or_default();
        widen(&Rows::of(patch, kernel_row), count, column);
    }
}

/// Writes the padding of one of `count` patches.
fn fill(
    zero_point: i8,
    patch: &Patch<'_>,
    [kernel_row, kernel_size]: [usize; 2],
    count: usize,
    column: &mut [u32],
) {
    let padding = i32::from(zero_point).cast_unsigned();
    let mut fill = |start: usize, end: usize| {
        let left = end.saturating_sub(start);
        let words = column.get_mut(start.wrapping_mul(count)..).unwrap_or_default();
        if left > 0 && words.len() > left.wrapping_sub(1).wrapping_mul(count) {
            // SAFETY: writes a word of each `count`, so many that the last one is in `words`.
            unsafe {
                asm!(
                    "2:",
                    "str {padding}, [{words}]",
                    "add {words}, {step}",
                    "subs {left}, #1",
                    "bne 2b",
                    padding = in(reg) padding,
                    words = inout(reg) words.as_mut_ptr() => _,
                    left = inout(reg) left => _,
                    step = in(reg) count.wrapping_mul(size_of::<u32>()),
                    options(nostack),
                );
            }
        }
    };
    // Before the first row inside the input, between the rows, and behind the last one.
    let mut done = 0;
    for row in 0..patch.rows {
        let start = patch.start.wrapping_add(row.wrapping_mul(kernel_row));
        fill(done, start);
        done = start.wrapping_add(patch.len);
    }
    fill(done, kernel_size);
}

/// Widens rows into the words of some of `count` patches.
fn widen(rows: &Rows<'_>, count: usize, column: &mut [u32]) {
    match count {
        6 => widen_of::<6>(rows, column),
        5 => widen_of::<5>(rows, column),
        4 => widen_of::<4>(rows, column),
        3 => widen_of::<3>(rows, column),
        _ => widen_of::<2>(rows, column),
    }
}

/// [`widen`] for `N` patches: that it is known when this is compiled saves an instruction a value.
fn widen_of<const N: usize>(all: &Rows<'_>, column: &mut [u32]) {
    let Rows { values, rows, pitch, len, kernel_row, patches, step } = *all;
    if !all.fit(column.len(), 1, N) {
        return;
    }
    for index in 0..patches {
        // SAFETY: reads `len` values from each row, at least one, and writes a word of each `N` in `column` for each of
        // them: both have room for them.
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
                "lsls {left}, #31",
                "itttt cs", // two or three values are left
                "ldrsbcs {value}, [{source}], #1",
                "strcs {value}, [{column}], #{step}",
                "ldrsbcs {value}, [{source}], #1",
                "strcs {value}, [{column}], #{step}",
                "itt mi", // one or three
                "ldrsbmi {value}, [{source}], #1",
                "strmi {value}, [{column}], #{step}",
                "6:",
                "add {row}, {pitch}",
                "add {column}, {gap}",
                "subs {rows}, #1",
                "bne 2b",
                row = inout(reg) values.as_ptr().wrapping_add(index.wrapping_mul(step)) => _,
                pitch = in(reg) pitch,
                gap = in(reg) kernel_row.wrapping_sub(len).wrapping_mul(4 * N),
                rows = inout(reg) rows => _,
                len = in(reg) len,
                column = inout(reg) column.as_mut_ptr().wrapping_add(index) => _,
                source = out(reg) _,
                left = out(reg) _,
                value = out(reg) _,
                step = const 4 * N,
                options(nostack),
            );
        }
    }
}
