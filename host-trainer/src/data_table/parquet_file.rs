//! [Parquet](https://parquet.apache.org) files, as data frames are stored.

use anyhow::{Context, bail};
use csv::StringRecord;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::DataTable;

/// What each begins with.
pub(super) const MAGIC: &[u8] = b"PAR1";

/// Reads a file whose columns are texts or numbers. A row's line is what it would be in a CSV file.
///
/// # Errors
/// It is damaged, is compressed in another way than by Snappy, or has a column of another type.
pub(super) fn read(bytes: Vec<u8>) -> anyhow::Result<DataTable> {
    let not_read = "it can't be read as a Parquet file; write it without compression, or with Snappy";
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).context(not_read)?;
    let columns = reader.metadata().file_metadata().schema().get_fields();
    let header = columns.iter().map(|column| column.name()).collect();
    let mut rows = Vec::new();
    for (line, row) in (2..).zip(reader.get_row_iter(None).context(not_read)?) {
        let row = row.context(not_read)?;
        let fields = row
            .get_column_iter()
            .map(|(name, field)| text(field).with_context(|| format!("line {line}: column \"{name}\"")));
        rows.push((line, StringRecord::from(fields.collect::<anyhow::Result<Vec<_>>>()?)));
    }
    Ok(DataTable { header, rows })
}

fn text(field: &Field) -> anyhow::Result<String> {
    Ok(match field {
        Field::Null => String::new(),
        Field::Str(text) => text.trim().to_owned(),
        Field::Float(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::Long(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_) => field.to_string(),
        _ => bail!("it is neither text nor a number"),
    })
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
    fn what_can_t_be_read_is_told() {
        let whole = include_bytes!("../../tests/data/teacher.parquet");
        let zstd = include_bytes!("../../tests/data/teacher_zstd.parquet");
        let dated = include_bytes!("../../tests/data/dated.parquet");
        let compression = "write it without compression, or with Snappy";
        for (bytes, expected) in [
            (&whole[..whole.len() / 2], compression),
            (&whole[..4], compression),
            (zstd, compression),
            (dated, "line 2: column \"when\": it is neither text nor a number"),
        ] {
            let error = format!("{:#}", read(bytes.to_vec()).err().unwrap());
            assert!(error.contains(expected), "{error}");
        }
    }
}
