/// The index of the largest value; of equals, the first.
pub(crate) fn largest(values: &[f32]) -> usize {
    let indices = (0..values.len()).rev();
    indices.max_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_values_the_first_counts() {
        assert_eq!(largest(&[1.0, 3.0, 3.0, -2.0]), 1);
        assert_eq!(largest(&[]), 0);
    }
}
