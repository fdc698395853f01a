//! Copying rows.

use core::arch::asm;

/// What is copied by one instruction each way.
type Block = [u32; 8];

/// Copies values, as many as both slices have: a third of the instructions that `copy_from_slice` takes, which goes
/// word by word. Most rows begin at whole words.
pub fn copy(source: &[i8], target: &mut [i8]) {
    let length = source.len().min(target.len());
    let (blocks, rest) = source.split_at(length / size_of::<Block>() * size_of::<Block>());
    let (target_blocks, target_rest) = target.split_at_mut(blocks.len());
    match (bytemuck::try_cast_slice(blocks), bytemuck::try_cast_slice_mut(target_blocks)) {
        (Ok(blocks), Ok(target)) => copy_blocks(blocks, target),
        _ => target_blocks.copy_from_slice(blocks),
    }
    for (&value, place) in rest.iter().zip(target_rest) {
        *place = value;
    }
}

/// As many blocks as both slices have.
#[inline(never)]
fn copy_blocks(source: &[Block], target: &mut [Block]) {
    let blocks = source.len().min(target.len());
    if blocks == 0 {
        return;
    }
    // SAFETY: reads and writes as many blocks as there are in both, whose words lie aligned. The registers that are
    // changed are saved here or named as clobbered.
    unsafe {
        asm!(
            "push {{r4-r10}}",
            "2:",
            "ldm r0!, {{r3-r10}}",
            "stm r1!, {{r3-r10}}",
            "subs r2, #1",
            "bne 2b",
            "pop {{r4-r10}}",
            inout("r0") source.as_ptr() => _,
            inout("r1") target.as_mut_ptr() => _,
            inout("r2") blocks => _,
            out("r3") _,
        );
    }
}
