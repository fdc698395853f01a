//! What a pool makes of the values under its window.

/// Sums of four channels.
#[derive(Clone, Copy, Default)]
pub(in crate::kernels) struct Sums([i32; 4]);

impl Sums {
    /// The most values that there is room for.
    pub(in crate::kernels) const MOST: usize = 1 << 24;

    /// Adds a value to each channel's sum.
    #[inline(always)]
    pub(in crate::kernels) fn add(mut self, values: [u8; 4]) -> Self {
        for (sum, value) in self.0.iter_mut().zip(values) {
            *sum = sum.wrapping_add(value.cast_signed().into());
        }
        self
    }

    /// The four sums.
    pub(in crate::kernels) const fn each(self) -> [i32; 4] {
        self.0
    }
}

/// The largest values of four channels.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Maxima([i8; 4]);

impl Maxima {
    /// Those of nothing.
    pub(in crate::kernels) const LEAST: Self = Self([i8::MIN; 4]);

    /// Takes a value of each channel into account.
    #[inline(always)]
    pub(in crate::kernels) fn take(mut self, values: [u8; 4]) -> Self {
        for (largest, value) in self.0.iter_mut().zip(values) {
            *largest = value.cast_signed().max(*largest);
        }
        self
    }

    /// The four values.
    pub(in crate::kernels) const fn each(self) -> [i8; 4] {
        self.0
    }
}
