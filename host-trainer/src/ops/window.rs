use std::ops::Range;

/// How an operator's window slides over its input. Pairs are down and right, shapes height, width, channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Shape of the input.
    pub input: [usize; 3],
    /// Height and width of the window.
    pub kernel: [usize; 2],
    /// Step down and step right.
    pub stride: [usize; 2],
    /// Padding above and below, and left and right.
    pub padding: [usize; 2],
}

impl Window {
    /// Height and width of the output; none if the window is larger than the padded input.
    #[must_use]
    pub fn output(&self) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let room = (self.input[axis] + 2 * self.padding[axis]).checked_sub(self.kernel[axis])?;
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
            let start = position[axis] * self.stride[axis];
            let end = (start + self.kernel[axis]).saturating_sub(self.padding[axis]).min(self.input[axis]);
            let first = start.saturating_sub(self.padding[axis]).min(end);
            (first..end, self.padding[axis].saturating_sub(start))
        };
        let ((rows, skipped_rows), (columns, skipped_columns)) = (along(0), along(1));
        Place { rows, columns, skipped_rows, skipped_columns }
    }

    /// Lays out what the window covers at each position, a row of [`taps`](Self::taps) values a position, with
    /// 0 for padding.
    pub(super) fn gather(&self, input: &[f32], patches: &mut [f32]) {
        patches.fill(0.0);
        for (place, patch) in self.places().zip(patches.chunks_exact_mut(self.taps())) {
            for (from, to) in self.runs(place) {
                patch[to].copy_from_slice(&input[from]);
            }
        }
    }

    /// The reverse of [`gather`](Self::gather): adds each value to the place that it was taken from.
    pub(super) fn scatter_add(&self, patches: &[f32], input: &mut [f32]) {
        for (place, patch) in self.places().zip(patches.chunks_exact(self.taps())) {
            for (to, from) in self.runs(place) {
                input[to].iter_mut().zip(&patch[from]).for_each(|(sum, value)| *sum += value);
            }
        }
    }

    /// The contiguous runs under the window: where in the input, and where in the patch.
    fn runs(&self, place: Place) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + use<> {
        let [_, width, channels] = self.input;
        let kernel_width = self.kernel[1];
        let length = place.columns.len() * channels;
        let Place { rows, columns, skipped_rows, skipped_columns } = place;
        rows.enumerate().map(move |(index, row)| {
            let input = (row * width + columns.start) * channels;
            let patch = ((skipped_rows + index) * kernel_width + skipped_columns) * channels;
            (input..input + length, patch..patch + length)
        })
    }
}

/// What a window covers.
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
    fn padding_reads_as_zero() {
        let window = Window { input: [2, 3, 1], kernel: [3, 3], stride: [2, 2], padding: [1, 1] };
        assert_eq!(window.output(), Some([1, 2]));
        let mut patches = [9.0; 18];
        window.gather(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut patches);
        assert_eq!(patches[..9], [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 0.0, 4.0, 5.0]);
        assert_eq!(patches[9..], [0.0, 0.0, 0.0, 2.0, 3.0, 0.0, 5.0, 6.0, 0.0]);
    }

    #[test]
    fn too_large_a_window_has_no_output() {
        let window = Window { input: [2, 3, 1], kernel: [5, 3], stride: [1, 1], padding: [1, 1] };
        assert_eq!(window.output(), None);
    }
}
