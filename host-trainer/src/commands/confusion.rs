use comfy_table::Table;

use crate::evaluate::Confusion;
use crate::table::table;

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
