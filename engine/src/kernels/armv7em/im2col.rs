//! The patches of a tile, widened and side by side, as the convolution reads them.

use core::arch::asm;
use core::ops::Range;

use super::UNIT;
use crate::kernels::cortex_m::{Im2col, Patch, WholePatches, target_cpu};
use crate::kernels::scalar::{MOST, Rows, SMALL};

/// The patches of a tile's positions, widened and side by side.
///
/// Four values of each in turn as two words: `a b c d` as `a c` and `b d`, the pairs that `sxtb16` makes of four
/// weights. What is left over at a patch's end follows as words of their own.
pub(in crate::kernels) struct Patches<'s> {
    pub(in crate::kernels) words: &'s mut [u32],
    /// A patch before it is widened, and some room behind it.
    narrow: &'s mut [i8],
    pub(in crate::kernels) kernel_size: usize,
}

impl<'s> Patches<'s> {
    /// Room for at least a small tile's patches of `kernel_size` values; None where the scratch memory is too short.
    pub(in crate::kernels) fn new(scratch: &'s mut [i8], kernel_size: usize) -> Option<Self> {
        let (narrow, rest) = scratch.split_at_mut_checked(kernel_size)?;
        let patches = Self { words: bytemuck::pod_align_to_mut(rest).1, narrow, kernel_size };
        patches.has_room(SMALL).then_some(patches)
    }

    fn has_room(&self, positions: usize) -> bool {
        let words = (self.kernel_size / UNIT).saturating_mul(2).saturating_add(self.kernel_size % UNIT);
        self.words.len() >= words.saturating_mul(positions)
    }

    /// How many positions of a tile there is room for.
    pub(in crate::kernels) fn most_positions(&self) -> usize {
        (SMALL..=MOST).rev().find(|&positions| self.has_room(positions)).unwrap_or(SMALL)
    }

    /// Behind the quads of so many patches.
    pub(in crate::kernels) fn end(&self, count: usize) -> *const u32 {
        self.words.as_ptr().wrapping_add((self.kernel_size / UNIT).wrapping_mul(2).wrapping_mul(count))
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
            return self.lay_out_whole(&patches, im2col, 0..count, count);
        }
        for index in 0..count {
            let position = first.wrapping_add(index).min(last);
            match im2col.whole_patches(position, 1) {
                Some(patches) => {
                    self.lay_out_whole(&patches, im2col, index..index.wrapping_add(1), count);
                }
                None => self.lay_out_one(&im2col.patch(position), im2col, index, count),
            }
        }
    }

    /// Lays out some of `count` patches, which no padding cuts.
    #[inline(always)]
    fn lay_out_whole(
        &mut self,
        patches: &WholePatches<'_>,
        im2col: &Im2col<'_>,
        indices: Range<usize>,
        count: usize,
    ) {
        let kernel_row = im2col.kernel_row();
        if kernel_row.is_multiple_of(UNIT) {
            let column = self.words.get_mut(indices.start.wrapping_mul(2)..).unwrap_or_default();
            widen(&Rows::of_whole(patches, indices.len()), count, column);
        } else if self.kernel_size == 9 && kernel_row == 3 {
            widen_nines(patches, indices, count, self.words);
        } else {
            for index in indices.clone() {
                self.lay_out_one(&patches.patch(index.wrapping_sub(indices.start)), im2col, index, count);
            }
        }
    }

    /// Lays out one of `count` patches.
    fn lay_out_one(&mut self, patch: &Patch<'_>, im2col: &Im2col<'_>, index: usize, count: usize) {
        let pitch = count.wrapping_mul(2);
        let kernel_row = im2col.kernel_row();
        let column = self.words.get_mut(index.wrapping_mul(2)..).unwrap_or_default();
        // Rows of quads, padding and all, are widened from where they lie.
        if (kernel_row | patch.len | patch.start).is_multiple_of(UNIT) {
            if !patch.is_whole {
                fill(im2col.zero_point, patch, [kernel_row, self.kernel_size], pitch, column);
            }
            let column = column.get_mut((patch.start / UNIT).wrapping_mul(pitch)..).unwrap_or_default();
            return widen(&Rows::of(patch, kernel_row), count, column);
        }
        if !patch.is_whole {
            fill_narrow(self.narrow, im2col.zero_point);
        }
        copy(patch, kernel_row, self.narrow);
        let quads = self.kernel_size / UNIT;
        widen(&Rows::of_one(self.narrow), count, column);
        let singles = self.narrow.get(quads.wrapping_mul(UNIT)..).unwrap_or_default();
        let words = quads.wrapping_mul(pitch).wrapping_add(index);
        let words = self.words.get_mut(words..).unwrap_or_default();
        for (&value, word) in singles.iter().zip(words.iter_mut().step_by(count.max(1))) {
            *word = i32::from(value).cast_unsigned();
        }
    }
}

/// Copies the part of a patch inside the input to where it belongs in the whole patch.
fn copy(patch: &Patch<'_>, kernel_row: usize, whole: &mut [i8]) {
    let Some(place) = patch.place(whole, kernel_row) else { return };
    // SAFETY: reads `rows` rows of `len` values, `pitch` apart: just those of `values`. Writes as many,
    // `kernel_row` apart, whose extent is that of `place`. Words need not lie aligned.
    unsafe {
        core::arch::asm!(
            "2:", // for each row
            "mov {source}, {source_row}",
            "mov {target}, {target_row}",
            "subs {left}, {len}, #4",
            "blo 4f",
            "3:", // for each word
            "ldr {word}, [{source}], #4",
            "str {word}, [{target}], #4",
            "subs {left}, #4",
            "bhs 3b",
            // The last word overlaps the one before.
            "ldr {word}, [{source}, {left}]",
            "str {word}, [{target}, {left}]",
            "b 5f",
            "4:", // a row of less than a word
            "lsls {left}, {len}, #31",
            "itt cs",
            "ldrhcs {word}, [{source}], #2",
            "strhcs {word}, [{target}], #2",
            "itt mi",
            "ldrbmi {word}, [{source}]",
            "strbmi {word}, [{target}]",
            "5:",
            "add {source_row}, {source_pitch}",
            "add {target_row}, {target_pitch}",
            "subs {rows}, #1",
            "bne 2b",
            source_row = inout(reg) patch.values.as_ptr() => _,
            target_row = inout(reg) place.as_mut_ptr() => _,
            source_pitch = in(reg) patch.pitch,
            target_pitch = in(reg) kernel_row,
            len = in(reg) patch.len,
            rows = inout(reg) patch.rows => _,
            source = out(reg) _,
            target = out(reg) _,
            left = out(reg) _,
            word = out(reg) _,
            options(nostack),
        );
    }
}

/// Fills a patch before it is widened, with fewer instructions than `memset` takes for so few bytes.
fn fill_narrow(values: &mut [i8], zero_point: i8) {
    let Some(end) = values.len().checked_sub(4) else { return values.fill(zero_point) };
    // SAFETY: writes words up to the last one that `values` holds, which overlaps the one before. They need not lie
    // aligned.
    unsafe {
        asm!(
            "b 3f",
            "2:", // for each four words
            "str {word}, [{place}], #4",
            "str {word}, [{place}], #4",
            "str {word}, [{place}], #4",
            "str {word}, [{place}], #4",
            "3:",
            "subs {left}, #16",
            "bhs 2b",
            "adds {left}, #16",
            "4:", // for each word left
            "str {word}, [{place}], #4",
            "subs {left}, #4",
            "bhs 4b",
            "str {word}, [{place}, {left}]",
            word = in(reg) u32::from(zero_point.cast_unsigned()) * 0x0101_0101,
            place = inout(reg) values.as_mut_ptr() => _,
            left = inout(reg) end => _,
            options(nostack),
        );
    }
}

/// Writes the padding of one of some patches, which is made of whole quads, `pitch` words apart.
fn fill(
    zero_point: i8,
    patch: &Patch<'_>,
    [kernel_row, kernel_size]: [usize; 2],
    pitch: usize,
    column: &mut [u32],
) {
    let pair = u32::from(i16::from(zero_point).cast_unsigned()) * 0x1_0001;
    let mut fill = |start: usize, end: usize| {
        let quads = end.saturating_sub(start) / UNIT;
        let words = column.get_mut((start / UNIT).wrapping_mul(pitch)..).unwrap_or_default();
        if quads > 0 && words.len() >= quads.wrapping_sub(1).wrapping_mul(pitch).wrapping_add(2) {
            // SAFETY: writes two words of each `pitch`, so many that the last ones are in `words`.
            unsafe {
                asm!(
                    "2:",
                    "strd {pair}, {pair}, [{words}]",
                    "add {words}, {step}",
                    "subs {quads}, #1",
                    "bne 2b",
                    pair = in(reg) pair,
                    words = inout(reg) words.as_mut_ptr() => _,
                    quads = inout(reg) quads => _,
                    step = in(reg) pitch.wrapping_mul(size_of::<u32>()),
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

/// Widens and lays out some of `count` patches of three rows of three values.
fn widen_nines(
    patches: &WholePatches<'_>,
    Range { start, end }: Range<usize>,
    count: usize,
    words: &mut [u32],
) {
    // The first two rows are read as a word each, which reaches into the next row; the last row too, from the value
    // before it on.
    let needed = end
        .wrapping_sub(start)
        .wrapping_sub(1)
        .wrapping_mul(patches.step)
        .wrapping_add(patches.pitch.wrapping_mul(2))
        .wrapping_add(3);
    if start >= end || end > count || patches.values.len() < needed || words.len() < count.wrapping_mul(5) {
        return;
    }
    // SAFETY: reads four bytes at the beginning of each patch, four in the next row, and four from the byte before
    // its last row to its end: all in `values`, as was compared. Writes five words for each patch.
    unsafe {
        asm!(
            target_cpu!(),
            "2:", // for each patch
            "ldr {a}, [{first}]", // a0 a1 a2 .
            "ldr {b}, [{first}, {pitch}]", // b0 b1 b2 .
            "ldr {c}, [{last}]", // . c0 c1 c2
            "bfi {a}, {b}, #24, #8",
            "lsr {b}, {b}, #8",
            "lsr {t}, {c}, #8",
            "bfi {b}, {t}, #16, #16",
            "asr {c}, {c}, #24",
            "str {c}, [{single}], #4",
            "sxtb16 {t}, {a}",
            "sxtb16 {c}, {a}, ror #8",
            "sxtb16 {a}, {b}",
            "sxtb16 {b}, {b}, ror #8",
            "strd {a}, {b}, [{next}], #8",
            "strd {t}, {c}, [{quad}], #8",
            "add {first}, {step}",
            "add {last}, {step}",
            "subs {left}, #1",
            "bne 2b",
            first = inout(reg) patches.values.as_ptr() => _,
            last = inout(reg) patches.values.as_ptr().wrapping_add(patches.pitch.wrapping_mul(2)).wrapping_sub(1) => _,
            pitch = in(reg) patches.pitch,
            step = in(reg) patches.step,
            quad = inout(reg) words.as_mut_ptr().wrapping_add(start.wrapping_mul(2)) => _,
            single = inout(reg) words.as_mut_ptr().wrapping_add(count.wrapping_mul(4).wrapping_add(start)) => _,
            left = inout(reg) end.wrapping_sub(start) => _,
            a = out(reg) _,
            b = out(reg) _,
            c = out(reg) _,
            t = out(reg) _,
            next = inout(reg) words.as_mut_ptr().wrapping_add(count.wrapping_add(start).wrapping_mul(2)) => _,
            options(nostack),
        );
    }
}

/// Widens rows of quads into the words of some of `count` patches.
fn widen(rows: &Rows<'_>, count: usize, column: &mut [u32]) {
    match count {
        6 => widen_of::<6>(rows, column),
        5 => widen_of::<5>(rows, column),
        4 => widen_of::<4>(rows, column),
        3 => widen_of::<3>(rows, column),
        _ => widen_of::<2>(rows, column),
    }
}

/// [`widen`] for `N` patches: that it is known when this is compiled saves an instruction a quad.
fn widen_of<const N: usize>(all: &Rows<'_>, column: &mut [u32]) {
    let Rows { values, rows, pitch, len, kernel_row, patches, step } = *all;
    let [quads, gap] = [len, kernel_row.wrapping_sub(len)].map(|len| len / UNIT);
    if quads == 0 || !all.fit(column.len() / 2, UNIT, N) {
        return;
    }
    for index in 0..patches {
        // SAFETY: reads `quads` words from each row, and writes two words of each `2 * N` in `column` for each of them:
        // both have room for them. The words of `column` lie aligned, as `strd` wants them.
        unsafe {
            asm!(
                target_cpu!(),
                "2:", // for each row
                "mov {source}, {row}",
                "lsrs {left}, {quads}, #2",
                "beq 4f",
                "3:", // for each four quads
                ".rept 4",
                "ldr {odd}, [{source}], #4",
                "sxtb16 {even}, {odd}",
                "sxtb16 {odd}, {odd}, ror #8",
                "strd {even}, {odd}, [{column}], #{step}",
                ".endr",
                "subs {left}, #1",
                "bne 3b",
                "4:",
                "ands {left}, {quads}, #3",
                "beq 6f",
                "5:", // for each quad left
                "ldr {odd}, [{source}], #4",
                "sxtb16 {even}, {odd}",
                "sxtb16 {odd}, {odd}, ror #8",
                "strd {even}, {odd}, [{column}], #{step}",
                "subs {left}, #1",
                "bne 5b",
                "6:",
                "add {row}, {pitch}",
                "add {column}, {gap}",
                "subs {rows}, #1",
                "bne 2b",
                row = inout(reg) values.as_ptr().wrapping_add(index.wrapping_mul(step)) => _,
                pitch = in(reg) pitch,
                gap = in(reg) gap.wrapping_mul(8 * N),
                rows = inout(reg) rows => _,
                quads = in(reg) quads,
                column = inout(reg) column.as_mut_ptr().wrapping_add(index.wrapping_mul(2)) => _,
                source = out(reg) _,
                left = out(reg) _,
                even = out(reg) _,
                odd = out(reg) _,
                step = const 8 * N,
                options(nostack),
            );
        }
    }
}
