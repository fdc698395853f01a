//! What is widened of a convolution's input: rows of one patch, or of several side by side.

use crate::kernels::cortex_m::Patch;
use crate::kernels::im2col::WholePatches;

/// Rows of values.
pub(in crate::kernels) struct Rows<'a> {
    pub(in crate::kernels) values: &'a [i8],
    /// Rows of a patch.
    pub(in crate::kernels) rows: usize,
    /// Values from one row to the next.
    pub(in crate::kernels) pitch: usize,
    /// Values in a row.
    pub(in crate::kernels) len: usize,
    /// Values from one row of the whole patch to the next.
    pub(in crate::kernels) kernel_row: usize,
    pub(in crate::kernels) patches: usize,
    /// Values from one patch to the next.
    pub(in crate::kernels) step: usize,
}

impl<'a> Rows<'a> {
    /// What lies inside the input of a patch.
    pub(in crate::kernels) fn of(patch: &Patch<'a>, kernel_row: usize) -> Self {
        let Patch { values, rows, len, pitch, .. } = *patch;
        Self { values, rows, pitch, len, kernel_row, patches: 1, step: 0 }
    }

    /// So many patches that no padding cuts.
    pub(in crate::kernels) fn of_whole(patches: &WholePatches<'a>, count: usize) -> Self {
        let WholePatches { values, step, rows, len, pitch, .. } = *patches;
        Self { values, rows, pitch, len, kernel_row: len, patches: count, step }
    }

    /// A single row.
    #[cfg(armv7em)]
    pub(in crate::kernels) fn of_one(values: &'a [i8]) -> Self {
        let len = values.len();
        Self { values, rows: 1, pitch: 0, len, kernel_row: len, patches: 1, step: 0 }
    }

    /// Whether all of them lie in `values`, and there are enough places for them: each is for a unit of so many values
    /// of a patch, and behind a patch's place come those of the others, `count` in all.
    #[inline(always)]
    pub(in crate::kernels) fn fit(&self, places: usize, unit: usize, count: usize) -> bool {
        // From the first to the last, where there is one.
        let span = |count: usize, step: usize| count.wrapping_sub(1).wrapping_mul(step);
        let read =
            span(self.patches, self.step).wrapping_add(span(self.rows, self.pitch)).wrapping_add(self.len);
        let units = span(self.rows, self.kernel_row).wrapping_add(self.len) / unit.max(1);
        let behind_the_last = count.wrapping_sub(self.patches);
        self.rows.min(self.len).min(self.patches) > 0
            && read <= self.values.len()
            && units.wrapping_mul(count) <= places.wrapping_add(behind_the_last)
    }
}
