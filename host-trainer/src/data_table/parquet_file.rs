//! [Parquet](https://parquet.apache.org) files, as data frames are stored.

use anyhow::{Context, ensure};
use csv::StringRecord;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::DataTable;
use crate::unpanicked::unpanicked;

/// What each begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// More rows are no list of recordings: a few bytes can stand for any number of rows that are alike.
const MOST_ROWS: usize = 4_000_000;

/// Reads the columns of texts and numbers of a file; others, as lists, are passed over. A row's line is what it would
/// be in a CSV file.
///
/// # Errors
/// It is damaged, is compressed in another way than by Snappy, or has too many rows.
pub(super) fn read(bytes: Vec<u8>) -> anyhow::Result<DataTable> {
    unpanicked(|| table(bytes)).context("it is a damaged Parquet file")?
}

fn table(bytes: Vec<u8>) -> anyhow::Result<DataTable> {
    let not_read =
        "it can't be read as a Parquet file: it is damaged, or compressed otherwise than by Snappy";
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).context(not_read)?;
    let file = reader.metadata().file_metadata();
    let columns = file.schema().get_fields();
    let is_read: Vec<bool> = columns.iter().map(|column| column.is_primitive()).collect();
    let header =
        columns.iter().zip(&is_read).filter(|(_, is_read)| **is_read).map(|(column, _)| column.name());
    let header: StringRecord = header.collect();
    let count = usize::try_from(file.num_rows()).unwrap_or(usize::MAX);
    ensure!(count <= MOST_ROWS, "it has {count} rows, at most {MOST_ROWS} are read");
    let mut rows = Vec::new();
    for (line, row) in (2..).zip(reader.get_row_iter(None).context(not_read)?) {
        let row = row.context(not_read)?;
        let fields = row.get_column_iter().zip(&is_read).filter(|(_, is_read)| **is_read);
        rows.push((line, StringRecord::from_iter(fields.map(|((_, field), _)| text(field)))));
        ensure!(rows.len() <= count, "it is damaged: it has more rows than its end says, which is {count}");
    }
    ensure!(rows.len() == count, "it is damaged: it has {} rows, and its end says {count}", rows.len());
    Ok(DataTable { header, rows })
}

fn text(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.trim().to_owned(),
        Field::Float16(number) => number.to_f32().to_string(),
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).trim().to_owned(),
        // Whole numbers, decimals, dates.
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What pyarrow writes: tests/scripts/parquet_golden.py.
    #[test]
    fn texts_and_numbers_are_as_in_a_csv_file() {
        let DataTable { header, rows } =
            read(include_bytes!("../../tests/data/teacher.parquet").to_vec()).unwrap();
        assert_eq!(header.iter().collect::<Vec<_>>(), ["path", "take", "float calm", "float sad", "speaker"]);
        let expected =
            [["a, b.wav", "1", "-0.5", "0.001", "anna"], ["c.wav", "", "2.25", "-1000000", "anna"]];
        assert_eq!(rows, [(2, StringRecord::from(expected[0].to_vec())), (3, expected[1].to_vec().into())]);
    }

    #[test]
    fn columns_of_other_types_do_not_hinder() {
        let DataTable { header, rows } =
            read(include_bytes!("../../tests/data/odd_columns.parquet").to_vec()).unwrap();
        assert_eq!(header.iter().collect::<Vec<_>>(), ["path", "when", "float calm", "float sad"]);
        let (_, row) = &rows[0];
        assert_eq!([&row[0], &row[2], &row[3]], ["a.wav", "0.5", "-1.25"]);
    }

    #[test]
    fn what_can_t_be_read_is_told() {
        let whole = include_bytes!("../../tests/data/teacher.parquet");
        let zstd = include_bytes!("../../tests/data/teacher_zstd.parquet");
        for bytes in [&whole[..whole.len() / 2], &whole[..4], zstd] {
            let error = format!("{:#}", read(bytes.to_vec()).err().unwrap());
            assert!(error.contains("it is damaged, or compressed otherwise than by Snappy"), "{error}");
        }
    }

    /// Each byte is changed in several ways. Some are texts, and may say anything.
    #[test]
    fn a_damaged_file_is_read_or_refused() {
        let whole = include_bytes!("../../tests/data/teacher.parquet");
        let mut refused = 0;
        for place in 0..whole.len() {
            for change in [0x01, 0x08, 0x80, 0xff] {
                let mut bytes = whole.to_vec();
                bytes[place] ^= change;
                match read(bytes) {
                    Ok(table) => assert_eq!(table.rows.len(), 2, "{place} {change}"),
                    Err(_) => refused += 1,
                }
            }
        }
        assert!(refused > whole.len(), "{refused} of {}", 4 * whole.len());
    }
}
