//! CSV files that people write, or save from a spreadsheet.

use anyhow::{Context, ensure};
use csv::StringRecord;

use super::DataTable;

/// Reads a file in UTF-8. Columns are separated by commas or, where the header has none, by the semicolons or tabs
/// that spreadsheets write in many countries.
///
/// # Errors
/// Says what is wrong, and in which line.
pub(super) fn read(bytes: Vec<u8>) -> anyhow::Result<DataTable> {
    let mut text = utf_8(bytes)?;
    // So that a quotation mark that is left open in the last line takes a line break in, as in any other.
    text.push('\n');
    let text = text.trim_start_matches('\u{feff}');
    ensure!(!text.trim().is_empty(), "it is empty");
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(separator(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = csv.records().map(|record| {
        let record = record?;
        let line = record.position().map_or(1, |position| line_at(text, position));
        checked(record).map(|record| (line, record)).with_context(|| format!("line {line}"))
    });
    let header = rows.next().transpose()?.map(|(_, header)| header).unwrap_or_default();
    let rows = rows.collect::<anyhow::Result<Vec<_>>>()?;
    for (line, row) in &rows {
        let advice =
            if row.len() > header.len() { "; put a text with a comma in quotation marks" } else { "" };
        ensure!(
            row.len() == header.len(),
            "line {line} is of length {}, and the header of {}{advice}",
            row.len(),
            header.len()
        );
    }
    Ok(DataTable { header, rows })
}

fn utf_8(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..good].iter().filter(|&&byte| byte == b'\n').count();
        anyhow::anyhow!("line {line} is not in UTF-8; save it as UTF-8 (\"CSV UTF-8\" in a spreadsheet)")
    })
}

fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    [b',', b';', b'\t'].into_iter().find(|&byte| header.contains(char::from(byte))).unwrap_or(b',')
}

/// The line of a record, whose position is that of the empty lines before it.
fn line_at(text: &str, position: &csv::Position) -> u64 {
    let behind = text.bytes().skip(position.byte() as usize);
    let empty = behind.take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|&byte| byte == b'\n');
    position.line() + empty.count() as u64
}

/// No field goes on over several lines: where one does, a quotation mark is open.
fn checked(mut record: StringRecord) -> anyhow::Result<StringRecord> {
    ensure!(
        !record.iter().any(|field| field.contains(['\n', '\r'])),
        "a quotation mark is opened and not closed in its line"
    );
    record.trim();
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> anyhow::Result<Vec<(u64, Vec<String>)>> {
        let DataTable { header, rows } = super::read(bytes.to_vec())?;
        let fields = |row: StringRecord| row.iter().map(str::to_owned).collect();
        Ok([(1, header)].into_iter().chain(rows).map(|(line, row)| (line, fields(row))).collect())
    }

    #[test]
    fn commas_semicolons_and_tabs_separate() {
        let expected = [(1, ["path", "label"]), (2, ["a, b.wav", "calm"]), (4, ["c.wav", "sad; tired"])]
            .map(|(line, row)| (line, row.map(str::to_owned).to_vec()));
        for text in [
            "path,label\n\"a, b.wav\", calm\n\nc.wav,sad; tired\n",
            "\u{feff}path;label\r\na, b.wav;calm\r\n\r\nc.wav;\"sad; tired\"",
            "path\tlabel\na, b.wav\tcalm\n\nc.wav\tsad; tired\n",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_fault_is_told_with_its_line() {
        let utf_16: Vec<u8> = "\u{feff}path,label\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, expected) in [
            (&b"path,label\n\"1.wav,calm\n2.wav,calm\n"[..], "line 2: a quotation mark is opened"),
            (b"path,label\n1.wav,calm\n2.wav,\"calm", "line 3: a quotation mark is opened"),
            (b"path,\"label\n1.wav,calm\n", "line 1: a quotation mark is opened"),
            (b"path,label\n1.wav,calm\nJ\xfcrgen.wav,calm\n", "line 3 is not in UTF-8; save it as UTF-8"),
            (&utf_16, "line 1 is not in UTF-8"),
            (b"path,label\n1.wav\n", "line 2 is of length 1, and the header of 2"),
            (b"path,label\na, b.wav,calm\n", "of length 3, and the header of 2; put a text with a comma in"),
            (b"", "it is empty"),
            (b"\xef\xbb\xbf\n", "it is empty"),
        ] {
            let message = format!("{:#}", read(bytes).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
    }
}
