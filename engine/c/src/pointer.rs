//! From C's pointers to references: what can be checked is.

use core::mem::MaybeUninit;

use crate::Error;

/// An object in C's memory.
pub(crate) trait Sealed {
    /// What the seal is once the object is whole.
    const SEAL: Seal;

    /// Where the seal is.
    ///
    /// # Safety
    /// There is an object's memory, in whatever state.
    unsafe fn seal(this: *const Self) -> *const Seal;
}

/// What an object that is whole bears. C can't make one by mistake: memory that was cleared has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Seal(pub(crate) u32);

/// The `count` values at `start`, which may be NULL if they are none.
///
/// # Safety
/// As for [`core::slice::from_raw_parts`], save what is checked: that there is a pointer, aligned, to no more than an
/// object may have.
pub(crate) unsafe fn slice<'a, T>(start: *const T, count: usize) -> Result<&'a [T], Error> {
    if count == 0 {
        return Ok(&[]);
    }
    check(start)?;
    let bytes = count.checked_mul(size_of::<T>()).filter(|&bytes| isize::try_from(bytes).is_ok());
    if bytes.is_none() {
        return Err(Error::Null);
    }
    // SAFETY: the pointer is aligned and not null, the size is in bounds; the rest the caller says.
    Ok(unsafe { core::slice::from_raw_parts(start, count) })
}

/// Where a value is to be put.
///
/// # Safety
/// There is room for it, which nobody else uses meanwhile.
pub(crate) unsafe fn place<'a, T>(out: *mut T) -> Result<&'a mut MaybeUninit<T>, Error> {
    check(out)?;
    // SAFETY: the pointer is aligned and not null, and what it leads to may be in any state; the rest the caller says.
    Ok(unsafe { &mut *out.cast() })
}

/// A value that C has filled in.
///
/// # Safety
/// It is there, and nobody changes it meanwhile.
pub(crate) unsafe fn value<'a, T>(value: *const T) -> Result<&'a T, Error> {
    check(value)?;
    // SAFETY: the pointer is aligned and not null; the rest the caller says.
    Ok(unsafe { &*value })
}

/// An object that was initialised.
///
/// # Safety
/// An object's memory is there; if it has the seal, the object is whole, and nobody else uses it meanwhile.
pub(crate) unsafe fn object<'a, T: Sealed>(object: *mut T) -> Result<&'a mut T, Error> {
    check(object)?;
    // SAFETY: the pointer is aligned and not null, and any bytes are a word.
    if unsafe { T::seal(object).read() } != T::SEAL {
        return Err(Error::NotInitialised);
    }
    // SAFETY: the object is whole, or it would have no seal; the rest the caller says.
    Ok(unsafe { &mut *object })
}

/// As [`object`], for what only looks at it.
///
/// # Safety
/// An object's memory is there; if it has the seal, the object is whole, and nobody changes it meanwhile.
pub(crate) unsafe fn object_ref<'a, T: Sealed>(object: *const T) -> Result<&'a T, Error> {
    check(object)?;
    // SAFETY: as above.
    if unsafe { T::seal(object).read() } != T::SEAL {
        return Err(Error::NotInitialised);
    }
    // SAFETY: as above.
    Ok(unsafe { &*object })
}

fn check<T>(pointer: *const T) -> Result<(), Error> {
    if pointer.is_null() {
        Err(Error::Null)
    } else if !pointer.is_aligned() {
        Err(Error::Misaligned)
    } else {
        Ok(())
    }
}
