//! Tables that people bring: lists of recordings, and a teacher's answers.

mod csv_file;
mod parquet_file;

use std::path::Path;

use csv::StringRecord;

/// A header and the rows below it, without the blanks around their fields.
pub(crate) struct DataTable {
    pub(crate) header: StringRecord,
    /// Each with its line in the file, from 1, and as many fields as the header.
    pub(crate) rows: Vec<(u64, StringRecord)>,
}

impl DataTable {
    /// Reads a CSV file in UTF-8, or a Parquet file, which is known by its first bytes.
    ///
    /// # Errors
    /// Says what is wrong, and in which line; whoever calls names the file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path)?;
        if bytes.starts_with(parquet_file::MAGIC) { parquet_file::read(bytes) } else { csv_file::read(bytes) }
    }
}
