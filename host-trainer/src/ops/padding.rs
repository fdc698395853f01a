use serde::{Deserialize, Serialize};

/// Rows and columns of 0s around a convolution's input. Rows are time, where what comes later may be unknown, so the
/// two ends are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Padding {
    /// Rows above the first.
    pub above: usize,
    /// Rows below the last.
    pub below: usize,
    /// Columns to the left, and as many to the right.
    pub sides: usize,
}

impl Padding {
    /// None on any side.
    pub const NONE: Self = Self::even(0, 0);

    /// As many rows above as below.
    #[must_use]
    pub const fn even(rows: usize, columns: usize) -> Self {
        Self { above: rows, below: rows, sides: columns }
    }

    /// Rows above and columns before the input.
    pub(super) const fn before(self) -> [usize; 2] {
        [self.above, self.sides]
    }

    /// Height and width of an input with its padding.
    pub(super) const fn around(self, [height, width, _]: [usize; 3]) -> [usize; 2] {
        [self.above + height + self.below, width + 2 * self.sides]
    }
}
