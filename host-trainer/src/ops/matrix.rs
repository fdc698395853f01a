use gemm::Parallelism;

/// A matrix of single-precision values, stored row by row, or its transpose.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Rows of `columns` values each.
    pub(super) fn new(values: &'a [f32], columns: usize) -> Self {
        let rows = values.len() / columns;
        Self { values: &values[..rows * columns], rows, columns, row_stride: columns, column_stride: 1 }
    }

    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// `output = left * right`, row by row.
pub(super) fn multiply(left: Matrix<'_>, right: Matrix<'_>, output: &mut [f32]) {
    product(left, right, output, false);
}

/// `output += left * right`, row by row.
pub(super) fn multiply_add(left: Matrix<'_>, right: Matrix<'_>, output: &mut [f32]) {
    product(left, right, output, true);
}

/// On the calling thread only: the order of its sums then never changes.
fn product(left: Matrix<'_>, right: Matrix<'_>, output: &mut [f32], add: bool) {
    let (rows, columns, depth) = (left.rows, right.columns, left.columns);
    assert_eq!(depth, right.rows, "the inner dimensions of a product differ");
    assert_eq!(output.len(), rows * columns, "a product does not fit its output");
    // SAFETY: `Matrix::new` ties rows, columns and strides to the length of the slices that are read, the
    // assertions above do so for the one that is written, and `output` is borrowed mutably, so nothing overlaps.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            depth,
            output.as_mut_ptr(),
            1,
            columns as isize,
            add,
            left.values.as_ptr(),
            left.column_stride as isize,
            left.row_stride as isize,
            right.values.as_ptr(),
            right.column_stride as isize,
            right.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_worked_by_hand() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let b = [1.0, 0.0, -1.0, 2.0, 3.0, 1.0];
        let mut output = [0.0; 4];
        multiply(Matrix::new(&a, 3), Matrix::new(&b, 2), &mut output);
        assert_eq!(output, [8.0, 7.0, 17.0, 16.0]);
        multiply_add(Matrix::new(&a, 2).transposed(), Matrix::new(&b, 2), &mut output);
        assert_eq!(output, [8.0 + 13.0, 7.0 + 11.0, 17.0 + 16.0, 16.0 + 14.0]);
    }
}
