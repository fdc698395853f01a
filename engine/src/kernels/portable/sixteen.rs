//! Sixteen values together, as the vectors of a host have them, out of slices of any length.

/// Values that are multiplied together.
pub(in crate::kernels) const LANES: usize = 16;

/// Ones for so many lanes at the end.
const MASKS: [[i8; LANES]; LANES + 1] = {
    let mut masks = [[0; LANES]; LANES + 1];
    let mut count = 0;
    while count <= LANES {
        let mut lane = LANES - count;
        while lane < LANES {
            masks[count][lane] = -1;
            lane += 1;
        }
        count += 1;
    }
    masks
};

/// The last [`LANES`] values of a slice that has as many at least, or of the first `end` of a longer one.
#[inline(always)]
pub(in crate::kernels) fn last<V: Copy>(values: &[V], end: usize) -> [V; LANES] {
    *values[..end].last_chunk().expect("there are as many")
}

/// What leaves of the [last](last) values of a kernel those that are in no whole vector; the others become 0.
#[inline(always)]
pub(in crate::kernels) fn mask_of_rest(length: usize) -> [i8; LANES] {
    MASKS[length % LANES]
}

/// A kernel of less than a vector, with zeros.
pub(in crate::kernels) fn filled_up(kernel: &[i8]) -> [i8; LANES] {
    let mut weights = [0; LANES];
    weights.iter_mut().zip(kernel).for_each(|(place, &weight)| *place = weight);
    weights
}
