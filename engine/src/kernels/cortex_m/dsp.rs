//! Products with the DSP extension: `smlad` adds two products of halves of a word, `smlabb` and `smlatt` one.

use core::arch::asm;

use super::columns::STEP;
pub(super) use super::requantise::{
    Factors, LANES, arrange, arrange_bias, enter, finish, leave, requantise, start,
};

/// Input values that one step of a convolution takes in.
pub(super) const STEP_VALUES: usize = 4;
/// The length of `step!` in code.
pub(super) const STEP_BYTES: usize = 72;
/// The length of `tap!` in code.
pub(super) const TAP_BYTES: usize = 36;

/// Four channels' weights: 0 and 2, 1 and 3.
pub(super) type Tap = [u32; 2];

/// On Armv8-M the assembler has to be told that there is the DSP extension.
macro_rules! architecture {
    () => {
        ".arch armv7e-m\n"
    };
}
pub(super) use architecture;

/// Four values of six columns: r8 to r12 and lr are the sums, r0 points to the columns, r1 to the weights.
macro_rules! step {
    () => {
        concat!(
            "ldr r2, [r1], #4\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "sxtb16 r3, r2, ror #8\n",
            "sxtb16 r2, r2\n",
            "smlad r8, r4, r2, r8\n",
            "smlad r9, r6, r2, r9\n",
            "smlad r8, r5, r3, r8\n",
            "smlad r9, r7, r3, r9\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "smlad r10, r4, r2, r10\n",
            "smlad r11, r6, r2, r11\n",
            "smlad r10, r5, r3, r10\n",
            "smlad r11, r7, r3, r11\n",
            "ldm.w r0!, {{r4-r7}}\n",
            "smlad r12, r4, r2, r12\n",
            "smlad lr, r6, r2, lr\n",
            "smlad r12, r5, r3, r12\n",
            "smlad lr, r7, r3, lr\n",
        )
    };
}
pub(super) use step;

/// One tap of four channels: r8 to r11 are the sums, r0 points to the input, r1 to the weights, r6 is the
/// number of channels.
macro_rules! tap {
    () => {
        concat!(
            "ldr.w r2, [r0]\n",
            "add.w r0, r0, r6\n",
            "ldrd r4, r5, [r1], #8\n",
            "sxtb16 r3, r2, ror #8\n",
            "sxtb16 r2, r2\n",
            "smlabb r8, r2, r4, r8\n",
            "smlabb r9, r3, r5, r9\n",
            "smlatt r10, r2, r4, r10\n",
            "smlatt r11, r3, r5, r11\n",
        )
    };
}
pub(super) use tap;

/// A sum times its factor's multiplier: `smmlar` adds the sum, 2^32 times, to its product with the lower 32
/// bits of the doubled multiplier, which it takes as signed and so 2^32 too little, and rounds to the upper
/// word.
macro_rules! scale {
    ($value:literal, $low:literal, $sum:literal, $multiplier:literal) => {
        concat!("smmlar ", $value, ", ", $sum, ", ", $multiplier, ", ", $sum, "\n")
    };
}
pub(super) use scale;

/// Widens four channels' weights.
pub(super) fn widen_tap(weights: [u8; 4]) -> Tap {
    let word = u32::from_le_bytes(weights);
    [sign_extend_pair(word), sign_extend_pair(word.rotate_right(8))]
}

/// Four channels' weights.
pub(super) fn tap_weights([even, odd]: Tap) -> [i32; 4] {
    [even << 16, odd << 16, even, odd].map(|word| word.cast_signed() >> 16)
}

/// Bytes 0 and 2 as int16 halves.
fn sign_extend_pair(word: u32) -> u32 {
    let pair;
    // SAFETY: `sxtb16` reads one register and writes another, and this core has it.
    unsafe {
        asm!("sxtb16 {}, {}", out(reg) pair, in(reg) word, options(pure, nomem, nostack, preserves_flags));
    }
    pair
}

/// Writes each four values as two words, as far as both slices go, then skips the other columns of the step.
pub(super) fn widen(fours: &[[i8; STEP_VALUES]], column: &mut [u32]) {
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
