//! Tables for a terminal.

use comfy_table::{CellAlignment, Table, presets};

use crate::evaluate::{Confusion, Interval};

/// A table whose first column is text and whose others are numbers.
pub(super) fn table<'h>(header: impl IntoIterator<Item = &'h str>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Clips by true class (row) and by the class that they were taken for (column).
pub(super) fn counts(confusion: &Confusion) -> Table {
    let labels = confusion.labels().iter().map(String::as_str);
    let mut table = table(["truth \\ taken for"].into_iter().chain(labels));
    for (label, row) in confusion.labels().iter().zip(confusion.counts()) {
        let counts = row.iter().map(ToString::to_string);
        table.add_row([label.to_string()].into_iter().chain(counts));
    }
    table
}

/// A share as percent with one digit.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// The same of both ends.
pub(super) fn percents(Interval([low, high]): Interval) -> String {
    format!("{} to {}", percent(low), percent(high))
}
