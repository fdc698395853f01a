//! What a pool makes of the words under its window.

use core::arch::asm;

use crate::kernels::cortex_m::target_cpu;

/// Sums of four channels, as int16 halves: 0 and 2, 1 and 3.
#[derive(Clone, Copy, Default)]
pub(in crate::kernels) struct Sums([u32; 2]);

impl Sums {
    /// The most values that the halves have room for.
    pub(in crate::kernels) const MOST: usize = 255;

    /// Adds a value to each channel's sum.
    #[inline(always)]
    pub(in crate::kernels) fn add(self, values: [u8; 4]) -> Self {
        let Self([mut even, mut odd]) = self;
        let word = u32::from_le_bytes(values);
        // SAFETY: arithmetic on registers.
        unsafe {
            asm!(
                target_cpu!(),
                "sxtab16 {even}, {even}, {word}",
                "sxtab16 {odd}, {odd}, {word}, ror #8",
                even = inout(reg) even,
                odd = inout(reg) odd,
                word = in(reg) word,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        Self([even, odd])
    }

    /// The four sums.
    #[inline(always)]
    pub(in crate::kernels) fn each(self) -> [i32; 4] {
        let Self([even, odd]) = self;
        [even << 16, odd << 16, even, odd].map(|word| word.cast_signed() >> 16)
    }
}

/// The largest values of four channels.
#[derive(Clone, Copy)]
pub(in crate::kernels) struct Maxima(u32);

impl Maxima {
    /// Those of nothing.
    pub(in crate::kernels) const LEAST: Self = Self(0x8080_8080);

    /// Takes a value of each channel into account.
    #[inline(always)]
    pub(in crate::kernels) fn take(self, values: [u8; 4]) -> Self {
        let Self(mut largest) = self;
        // SAFETY: arithmetic on registers.
        unsafe {
            asm!(
                target_cpu!(),
                "ssub8 {difference}, {largest}, {word}",
                "sel {largest}, {largest}, {word}",
                difference = out(reg) _,
                largest = inout(reg) largest,
                word = in(reg) u32::from_le_bytes(values),
                options(pure, nomem, nostack),
            );
        }
        Self(largest)
    }

    /// The four values.
    #[inline(always)]
    pub(in crate::kernels) fn each(self) -> [i8; 4] {
        self.0.to_le_bytes().map(u8::cast_signed)
    }
}
