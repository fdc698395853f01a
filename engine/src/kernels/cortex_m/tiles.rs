//! Dividing the positions of a convolution's output into tiles.

use core::iter::from_fn;

/// Positions of a large tile: the lanes of a vector of sums, or as many sums as leave registers for what they sum.
pub(in crate::kernels) const LARGE: usize = if cfg!(helium) { 4 } else { 6 };
/// Positions of a small tile.
pub(in crate::kernels) const SMALL: usize = 2;

/// Output positions that are computed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kernels) struct Tile {
    /// The first position.
    pub(in crate::kernels) first: usize,
    /// Whether it has [`LARGE`] positions, or [`SMALL`].
    pub(in crate::kernels) is_large: bool,
}

/// Tiles of `large` and of [`SMALL`] positions that cover all `positions`. The last one overlaps the one before
/// where there is an odd one left, or one less than a large tile has. A small tile takes two channels: without, all
/// are large. None where a tile would have to be larger than the output, but for a small tile of one position.
pub(in crate::kernels) fn tiles(
    positions: usize,
    large: usize,
    channels: usize,
) -> Option<impl Iterator<Item = Tile>> {
    let only_large = channels < 2;
    if only_large && positions < large {
        return None;
    }
    let mut done = 0usize;
    Some(from_fn(move || {
        let left = positions.checked_sub(done).filter(|&left| left > 0)?;
        let is_large = positions >= large && (only_large || left.saturating_add(1) >= large);
        let size = if is_large { large } else { SMALL };
        let first = done.min(positions.saturating_sub(size));
        done = first.saturating_add(size);
        Some(Tile { first, is_large })
    }))
}
