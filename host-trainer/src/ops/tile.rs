use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

/// Values of the widest vector. Right factors are read up to the next multiple of it.
pub(super) const LANES: usize = 16;

/// Sums of products whose columns lie in vectors.
pub(super) trait Product {
    /// How many columns there are, at least one.
    fn columns(&self) -> usize;

    /// Computes some of them, which `N` vectors hold, by tiles of `R` rows. To be inlined: only then it is compiled for
    /// the processor's vectors.
    fn compute<S: Simd, const R: usize, const N: usize>(&mut self, simd: S, columns: Range<usize>);
}

/// Computes a product with the widest vectors that the processor has.
pub(super) fn compute(product: impl Product) {
    Arch::new().dispatch(AllColumns(product));
}

struct AllColumns<P>(P);

impl<P: Product> WithSimd for AllColumns<P> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        // With fewer than eight sums each waits for the one before. Four rows are the most that AVX2 has registers for,
        // as the compiler holds a step's left factors in vectors all at once: with more, sums go through memory. With
        // AVX-512 eight rows are no faster than six.
        if S::F32_LANES < LANES {
            self.tiles::<S, 4, 2>(simd);
        } else {
            self.tiles::<S, 6, 3>(simd);
        }
    }
}

impl<P: Product> AllColumns<P> {
    /// In tiles of like width, `MOST` vectors at most.
    #[inline(always)]
    fn tiles<S: Simd, const R: usize, const MOST: usize>(&mut self, simd: S) {
        let end = self.0.columns();
        let vectors = end.div_ceil(S::F32_LANES);
        let width = vectors.div_ceil(vectors.div_ceil(MOST)) * S::F32_LANES;
        for start in (0..end).step_by(width) {
            let columns = start..end.min(start + width);
            match columns.len().div_ceil(S::F32_LANES) {
                1 => self.0.compute::<S, R, 1>(simd, columns),
                2 => self.0.compute::<S, R, 2>(simd, columns),
                _ => self.0.compute::<S, R, MOST>(simd, columns),
            }
        }
    }
}

/// A tile's left factors: `values[starts[row] + step * k]`. Rows may overlap.
pub(super) struct Left<'a, const R: usize> {
    pub(super) values: &'a [f32],
    pub(super) starts: [usize; R],
    pub(super) step: usize,
}

/// A tile's right factors: `values[start + step * k + column]`. Rows may overlap.
pub(super) struct Right<'a> {
    pub(super) values: &'a [f32],
    pub(super) start: usize,
    pub(super) step: usize,
}

/// The end of the last of some values that lie a step apart. Sums beyond a `usize` end nowhere.
fn ends(start: usize, step: usize, last: usize, width: usize) -> usize {
    step.saturating_mul(last).saturating_add(start).saturating_add(width)
}

/// Sums that stay in registers.
pub(super) struct Tile<S: Simd, const R: usize, const N: usize> {
    simd: S,
    sums: [[S::f32s; N]; R],
}

impl<S: Simd, const R: usize, const N: usize> Tile<S, R, N> {
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        Self { simd, sums: [[simd.splat_f32s(0.0); N]; R] }
    }

    /// Adds `depth` products to each sum.
    #[inline(always)]
    pub(super) fn add_products(&mut self, depth: usize, left: &Left<'_, R>, right: &Right<'_>) {
        let Some(last) = depth.checked_sub(1) else { return };
        for start in left.starts {
            assert!(
                ends(start, left.step, last, 1) <= left.values.len(),
                "left factors end before their rows"
            );
        }
        let end = ends(right.start, right.step, last, N * S::F32_LANES);
        assert!(end <= right.values.len(), "right factors end before their rows");
        // A copy of the sums, and offsets that grow: the compiler keeps these in registers, but moves fields about.
        let mut sums = self.sums;
        let (mut left_offset, mut right_offset) = (0, right.start);
        for _ in 0..depth {
            let mut vectors = [self.simd.splat_f32s(0.0); N];
            for (n, vector) in vectors.iter_mut().enumerate() {
                // SAFETY: this is at most the row `last`, so the vector ends within what the assertion above found in
                // `values`; any bytes are a vector of floats.
                *vector = unsafe {
                    let row = right.values.as_ptr().add(right_offset);
                    row.add(n * S::F32_LANES).cast::<S::f32s>().read_unaligned()
                };
            }
            for (sums, start) in sums.iter_mut().zip(left.starts) {
                // SAFETY: this is at most the step `last`, whose index the assertion above has compared with the
                // length.
                let factor = self.simd.splat_f32s(unsafe { *left.values.get_unchecked(start + left_offset) });
                for (sum, vector) in sums.iter_mut().zip(vectors) {
                    *sum = self.simd.mul_add_f32s(factor, vector, *sum);
                }
            }
            left_offset += left.step;
            right_offset += right.step;
        }
        self.sums = sums;
    }

    /// Adds a row's sums to `output`, whose length says how many.
    #[inline(always)]
    pub(super) fn add_row_to(&self, row: usize, output: &mut [f32]) {
        for (output, &sums) in output.chunks_mut(S::F32_LANES).zip(&self.sums[row]) {
            let total = self.simd.add_f32s(self.simd.partial_load_f32s(output), sums);
            self.simd.partial_store_f32s(output, total);
        }
    }
}
