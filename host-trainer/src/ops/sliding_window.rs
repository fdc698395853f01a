use std::ops::Range;

use super::Padding;

/// How an operator's window slides over its input. Pairs are down and right, shapes height, width, channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlidingWindow {
    /// Shape of the input.
    pub input: [usize; 3],
    /// Height and width of the window.
    pub kernel: [usize; 2],
    /// Step down and step right.
    pub stride: [usize; 2],
    /// What the window slides over besides the input.
    pub padding: Padding,
}

impl SlidingWindow {
    /// Height and width of the output; none if the window is larger than the padded input.
    #[must_use]
    pub fn output(&self) -> Option<[usize; 2]> {
        let padded = self.padding.around(self.input);
        let along = |axis: usize| {
            let room = padded[axis].checked_sub(self.kernel[axis])?;
            Some(room.checked_div(self.stride[axis])? + 1)
        };
        Some([along(0)?, along(1)?])
    }

    /// Values in one sample of the input.
    pub(super) fn input_len(&self) -> usize {
        self.input.iter().product()
    }

    /// Positions of the output.
    pub(super) fn positions(&self) -> usize {
        self.output().map_or(0, |[height, width]| height * width)
    }

    /// Values under the window.
    pub(super) fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.input[2]
    }

    /// For each position of the output in order: the input's rows and columns under the window, and how many
    /// rows and columns of the window lie before them, on padding.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let window = *self;
        let [height, width] = window.output().unwrap_or_default();
        (0..height).flat_map(move |y| (0..width).map(move |x| window.place([y, x])))
    }

    fn place(&self, position: [usize; 2]) -> Place {
        let along = |axis: usize| {
            let (start, padding) = (position[axis] * self.stride[axis], self.padding.before()[axis]);
            let end = (start + self.kernel[axis]).saturating_sub(padding).min(self.input[axis]);
            let first = start.saturating_sub(padding).min(end);
            (first..end, padding.saturating_sub(start))
        };
        let ((rows, skipped_rows), (columns, skipped_columns)) = (along(0), along(1));
        Place { rows, columns, skipped_rows, skipped_columns }
    }
}

/// What a window covers.
#[derive(Debug, PartialEq)]
pub(super) struct Place {
    pub(super) rows: Range<usize>,
    pub(super) columns: Range<usize>,
    pub(super) skipped_rows: usize,
    pub(super) skipped_columns: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_skipped() {
        let window =
            SlidingWindow { input: [2, 3, 1], kernel: [3, 3], stride: [2, 2], padding: Padding::even(1, 1) };
        assert_eq!(window.output(), Some([1, 2]));
        let places: Vec<Place> = window.places().collect();
        let place =
            |columns, skipped_columns| Place { rows: 0..2, columns, skipped_rows: 1, skipped_columns };
        assert_eq!(places, [place(0..2, 1), place(1..3, 0)]);
    }

    #[test]
    fn padding_above_alone_looks_back_only() {
        let padding = Padding { above: 2, below: 0, sides: 0 };
        let window = SlidingWindow { input: [5, 1, 1], kernel: [3, 1], stride: [2, 1], padding };
        // The last row under the window is the output's own place in time.
        let rows: Vec<_> = window.places().map(|place| (place.rows, place.skipped_rows)).collect();
        assert_eq!(rows, [(0..1, 2), (0..3, 0), (2..5, 0)]);
    }

    #[test]
    fn too_large_a_window_has_no_output() {
        let window =
            SlidingWindow { input: [2, 3, 1], kernel: [5, 3], stride: [1, 1], padding: Padding::even(1, 1) };
        assert_eq!(window.output(), None);
    }
}
