//! Dividing the positions of a convolution's output into tiles.

use core::iter::from_fn;

/// Positions of a large tile: the lanes of a vector of sums.
pub(super) const LARGE: usize = 4;
/// Positions of a small tile.
pub(super) const SMALL: usize = 2;

/// Output positions that are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The first position.
    pub(super) first: usize,
    /// Whether it has [`LARGE`] positions, or [`SMALL`].
    pub(super) is_large: bool,
}

/// Tiles of [`LARGE`] and of [`SMALL`] positions that cover all `positions`. The last one overlaps the one before
/// where there is an odd one left, or one less than a large tile has. A small tile takes two channels: without, all
/// are large. None where a tile would have to be larger than the output, but for a small tile of one position.
pub(super) fn tiles(positions: usize, channels: usize) -> Option<impl Iterator<Item = Tile>> {
    let only_large = channels < 2;
    if only_large && positions < LARGE {
        return None;
    }
    let mut done = 0usize;
    Some(from_fn(move || {
        let left = positions.checked_sub(done).filter(|&left| left > 0)?;
        let is_large = positions >= LARGE && (only_large || left.saturating_add(1) >= LARGE);
        let size = if is_large { LARGE } else { SMALL };
        let first = done.min(positions.saturating_sub(size));
        done = first.saturating_add(size);
        Some(Tile { first, is_large })
    }))
}
