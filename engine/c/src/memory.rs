use crate::Error;
use crate::pointer::{self, Sealed};

/// What the memory of a listener or a classifier has to be aligned to, in bytes.
pub const EMOTION_ALIGNMENT: usize = 8;

/// A part of the memory that C gave, behind the object: the network's arena.
pub(crate) struct Region {
    start: *mut i8,
    bytes: usize,
}

impl Region {
    pub(crate) fn arena(&mut self) -> &mut [i8] {
        // SAFETY: `Claim::rest` made it from memory that C keeps for the object, all of it written, and nothing else
        // leads there.
        unsafe { core::slice::from_raw_parts_mut(self.start, self.bytes) }
    }
}

/// C's memory, from which an object and what it works with are cut.
pub(crate) struct Claim {
    start: *mut u8,
    bytes: usize,
}

impl Claim {
    /// Checks the memory, and cleans it: what was initialised there before is no more.
    ///
    /// # Safety
    /// There are so many bytes, which nobody else uses as long as the object is used.
    pub(crate) unsafe fn new(memory: *mut u8, bytes: usize, needed: usize) -> Result<Self, Error> {
        // SAFETY: only the pointer is looked at.
        unsafe { pointer::place(memory.cast::<Word>()) }?;
        if bytes < needed {
            return Err(Error::MemoryTooSmall);
        }
        // SAFETY: the caller says that there are so many.
        unsafe { memory.write_bytes(0, needed) };
        Ok(Self { start: memory, bytes: needed })
    }

    /// Takes the front part, of which all sizes are multiples of [`EMOTION_ALIGNMENT`].
    fn take(&mut self, bytes: usize) -> Result<*mut u8, Error> {
        let left = self.bytes.checked_sub(bytes).ok_or(Error::MemoryTooSmall)?;
        let part = self.start;
        self.start = part.wrapping_add(bytes);
        self.bytes = left;
        Ok(part)
    }

    /// Room for an object.
    pub(crate) fn object<T: Sealed>(&mut self) -> Result<*mut T, Error> {
        const { assert!(align_of::<T>() <= EMOTION_ALIGNMENT) };
        Ok(self.take(padded(size_of::<T>()))?.cast())
    }

    /// A filter's coefficients.
    pub(crate) fn coefficients(&mut self, count: usize) -> Result<&'static mut [i16], Error> {
        let start = self.take(padded(count.saturating_mul(size_of::<i16>())))?;
        // SAFETY: the part is as long, aligned to more, written with zeros, and given away once; C keeps it for the
        // object.
        Ok(unsafe { core::slice::from_raw_parts_mut(start.cast(), count) })
    }

    /// What is left.
    pub(crate) fn rest(self) -> Region {
        Region { start: self.start.cast(), bytes: self.bytes }
    }
}

/// Of which everything in the memory is a multiple.
#[repr(C, align(8))]
struct Word(u64);

pub(crate) const fn padded(bytes: usize) -> usize {
    bytes.saturating_add(EMOTION_ALIGNMENT - 1) / EMOTION_ALIGNMENT * EMOTION_ALIGNMENT
}
