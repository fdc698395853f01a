//! Dividing the positions of a convolution's output into tiles.

use core::iter::from_fn;

/// Positions of a tile that takes two channels together.
pub(in crate::kernels) const SMALL: usize = 2;
/// The most positions of a tile: as many sums as leave registers for what they sum.
pub(in crate::kernels) const MOST: usize = 6;

/// Output positions that are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The first position.
    pub(super) first: usize,
    /// How many there are.
    pub(super) positions: usize,
}

/// Tiles that cover all `positions`: as few of `most` positions as can be, and as equal, because a weight that is
/// loaded for few positions costs as much as one for many; but two positions, of which two channels are computed
/// together, may be the last. Where a tile would be too small, it overlaps the one before. None where a single channel
/// is left with a tile of [`SMALL`], which takes two.
pub(super) fn tiles(positions: usize, most: usize, channels: usize) -> Option<impl Iterator<Item = Tile>> {
    let least = if channels < 2 { SMALL + 1 } else { SMALL }.min(positions);
    if channels < 2 && least.min(most) <= SMALL {
        return None;
    }
    let mut done = 0usize;
    let mut tiles = positions.div_ceil(most.max(1));
    Some(from_fn(move || {
        let left = positions.checked_sub(done).filter(|&left| left > 0)?;
        let is_rest_small = channels >= 2 && tiles == 2 && left <= most.saturating_add(SMALL);
        let size = if is_rest_small { left.saturating_sub(SMALL) } else { left.div_ceil(tiles.max(1)) };
        let size = size.max(least);
        let first = done.min(positions.saturating_sub(size));
        (done, tiles) = (first.saturating_add(size), tiles.saturating_sub(1));
        Some(Tile { first, positions: size })
    }))
}
