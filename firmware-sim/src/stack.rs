//! How deep the stack has been.

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    /// The lowest address that the stack may reach; from the linker script.
    static _stack_end: u32;
    /// The address at which the stack starts; from the linker script.
    static _stack_start: u32;
}

/// Bytes between the stack's start and the deepest word that was ever written since start-up, when
/// cortex-m-rt painted all of it.
#[must_use]
pub fn deepest_bytes() -> usize {
    let start = &raw const _stack_start;
    let mut word = &raw const _stack_end;
    // SAFETY: from `_stack_end` to `_stack_start` all is RAM and aligned. The loop only reads, and ends at
    // the first word in use, so it never looks at a live frame.
    while word < start && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}
