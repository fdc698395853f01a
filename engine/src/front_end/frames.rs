/// Frames in dB that wait for what they are relative to, oldest first, in memory that the caller lends.
///
/// A value is an i16 of 1/128 dB, 2 bytes: `2 * bands * capacity` bytes in all. Every call must be lent the same
/// memory.
pub(super) struct Frames {
    bands: u16,
    capacity: u16,
    /// Where the oldest one lies.
    first: u16,
    count: u16,
}

impl Frames {
    /// Room for nothing.
    pub(super) const fn new() -> Self {
        Self { bands: 0, capacity: 0, first: 0, count: 0 }
    }

    /// Room for `capacity` frames, none of which is there yet.
    pub(super) const fn empty(bands: u16, capacity: u16) -> Self {
        Self { bands, capacity, first: 0, count: 0 }
    }

    /// Frames that wait.
    pub(super) const fn len(&self) -> u16 {
        self.count
    }

    pub(super) const fn is_full(&self) -> bool {
        self.count >= self.capacity
    }

    /// Takes in a frame, for which there must be room.
    pub(super) fn push(&mut self, decibels: impl Iterator<Item = i16>, memory: &mut [i8]) {
        if self.is_full() {
            return;
        }
        let place = self.place(self.count);
        self.count = self.count.saturating_add(1);
        let (places, _) = memory.get_mut(place).unwrap_or_default().as_chunks_mut::<2>();
        for (place, value) in places.iter_mut().zip(decibels) {
            *place = value.to_le_bytes().map(u8::cast_signed);
        }
    }

    /// Lets go of the oldest frame; its values stay where they are until the next one comes.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        self.count = self.count.checked_sub(1)?;
        let start = self.place(0).start;
        self.first = self.wrapped(self.first.saturating_add(1));
        Some(Frame { start, bands: self.bands })
    }

    /// The values of the frame before which `index` others came, of those that wait.
    pub(super) fn get<'m>(&self, index: u16, memory: &'m [i8]) -> impl Iterator<Item = i16> + use<'m> {
        values(memory.get(self.place(index)).unwrap_or_default())
    }

    /// All frames' values.
    pub(super) fn values<'m>(&self, memory: &'m [i8]) -> impl Iterator<Item = i16> + use<'_, 'm> {
        (0..self.count).flat_map(|index| self.get(index, memory))
    }

    fn place(&self, index: u16) -> core::ops::Range<usize> {
        let slot = self.wrapped(self.first.saturating_add(index));
        let bytes = frame_bytes(self.bands);
        let start = usize::from(slot).saturating_mul(bytes);
        start..start.saturating_add(bytes)
    }

    const fn wrapped(&self, slot: u16) -> u16 {
        if slot >= self.capacity { slot.saturating_sub(self.capacity) } else { slot }
    }
}

/// A frame that waits no more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    start: usize,
    bands: u16,
}

impl Frame {
    /// Its values in 1/128 dB.
    pub(super) fn decibels<'m>(&self, memory: &'m [i8]) -> impl Iterator<Item = i16> + use<'m> {
        let end = self.start.saturating_add(frame_bytes(self.bands));
        values(memory.get(self.start..end).unwrap_or_default())
    }
}

/// Bytes of a frame.
pub(super) const fn frame_bytes(bands: u16) -> usize {
    (bands as usize).saturating_mul(size_of::<i16>())
}

/// The int16 values that bytes hold.
fn values(bytes: &[i8]) -> impl Iterator<Item = i16> + use<'_> {
    bytes.as_chunks().0.iter().map(|bytes| i16::from_le_bytes(bytes.map(i8::cast_unsigned)))
}

/// The int16 values of a byte string.
pub(crate) fn prior_values(bytes: &[u8]) -> impl Iterator<Item = i16> + use<'_> {
    values(bytemuck::cast_slice(bytes))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn frames_leave_in_the_order_in_which_they_came() {
        let mut memory = [0; 2 * 2 * 3];
        let mut frames = Frames::empty(2, 3);
        let mut left = Vec::new();
        for frame in 0..7 {
            if frames.is_full() {
                left.extend(frames.pop().unwrap().decibels(&memory));
            }
            frames.push([frame, -frame].into_iter(), &mut memory);
        }
        assert_eq!(left, [0, 0, 1, -1, 2, -2, 3, -3]);
        assert_eq!(frames.values(&memory).collect::<Vec<_>>(), [4, -4, 5, -5, 6, -6]);
        assert_eq!(frames.get(1, &memory).collect::<Vec<_>>(), [5, -5]);
    }

    #[test]
    fn without_room_or_memory_nothing_is_kept() {
        let mut frames = Frames::new();
        frames.push([1].into_iter(), &mut [0; 2]);
        assert!(frames.pop().is_none());
        let mut frames = Frames::empty(2, 3);
        frames.push([1, 2].into_iter(), &mut [0; 3]);
        assert_eq!(frames.pop().unwrap().decibels(&[0; 3]).count(), 0);
    }
}
