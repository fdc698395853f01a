/// The most columns: an even number, and more than a screen is wide.
const MOST: usize = 2000;

/// The means of rows of values over time in a bounded number of columns, each of equally many rows: when there would be
/// too many, neighbours become one.
pub struct Columns {
    /// Values of a row.
    width: usize,
    /// Rows of a column; the last one can have fewer.
    span: usize,
    rows: usize,
    /// Column after column.
    sums: Vec<f64>,
}

impl Columns {
    pub fn new(width: usize) -> Self {
        Self { width, span: 1, rows: 0, sums: Vec::new() }
    }

    pub fn push(&mut self, row: impl IntoIterator<Item = f64>) {
        if self.rows.is_multiple_of(self.span) {
            if self.rows == MOST * self.span {
                self.merge();
            }
            self.sums.resize(self.sums.len() + self.width, 0.0);
        }
        let column = self.sums.len() - self.width;
        self.sums[column..].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        self.rows += 1;
    }

    /// Rows of a column; the last one can have fewer.
    pub fn span(&self) -> usize {
        self.span
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The mean of each column.
    pub fn means(&self) -> impl Iterator<Item = Vec<f64>> {
        self.sums.chunks_exact(self.width).enumerate().map(|(index, sums)| {
            let rows = self.span.min(self.rows - index * self.span) as f64;
            sums.iter().map(|sum| sum / rows).collect()
        })
    }

    fn merge(&mut self) {
        let pairs = self.sums.chunks_exact(2 * self.width).map(|pair| pair.split_at(self.width));
        self.sums = pairs.flat_map(|(first, second)| first.iter().zip(second).map(|(a, b)| a + b)).collect();
        self.span *= 2;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_few_rows_are_kept_as_they_are() {
        let mut columns = Columns::new(2);
        columns.push([1.0, 2.0]);
        columns.push([3.0, 4.0]);
        assert_eq!(columns.means().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
    }

    proptest! {
        /// The values count up, so that the mean of a column is that of its first and its last.
        #[test]
        fn many_rows_become_means_over_equal_spans(rows in 1..20_000usize) {
            let mut columns = Columns::new(1);
            (0..rows).for_each(|row| columns.push([row as f64]));
            let means: Vec<Vec<f64>> = columns.means().collect();
            prop_assert!(means.len() <= MOST && (rows <= MOST || means.len() > MOST / 2));
            for (index, mean) in means.into_iter().enumerate() {
                let first = index * columns.span();
                let last = (first + columns.span()).min(rows) - 1;
                prop_assert_eq!(mean, [(first + last) as f64 / 2.0]);
            }
        }
    }
}
