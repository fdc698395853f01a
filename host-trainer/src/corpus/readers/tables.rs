use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The CSV tables beside recordings that were read, so that each is read once.
#[derive(Default)]
pub(in crate::corpus) struct Tables(RefCell<HashMap<PathBuf, Option<Rc<Table>>>>);

/// By a file's name, the two things that a table tells of it.
type Table = HashMap<String, (String, String)>;

impl Tables {
    /// Three columns of a table, the first of which names files. None where there is no such file, or another.
    pub(super) fn of(&self, path: &Path, columns: [&str; 3]) -> Option<Rc<Table>> {
        let mut tables = self.0.borrow_mut();
        tables.entry(path.to_owned()).or_insert_with(|| read(path, columns).map(Rc::new)).clone()
    }
}

fn read(path: &Path, columns: [&str; 3]) -> Option<Table> {
    let mut csv = csv::Reader::from_path(path).ok()?;
    let header = csv.headers().ok()?;
    let [file, first, second] = columns.map(|name| header.iter().position(|found| found == name));
    let (file, first, second) = (file?, first?, second?);
    let row = |record: csv::StringRecord| {
        let field = |index| record.get(index).map(str::to_owned);
        Some((field(file)?, (field(first)?, field(second)?)))
    };
    csv.into_records().map_while(Result::ok).map(row).collect()
}
