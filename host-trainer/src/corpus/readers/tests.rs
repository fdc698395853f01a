use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::corpus::Sex;

/// What a reader makes of a path.
pub(super) fn said(reader: &NameReader, path: &str) -> Option<(String, &'static str, Option<Sex>)> {
    let said = (reader.read)(&Name::of(path.as_ref(), &Tables::default())?)?;
    Some((said.speaker, said.label, said.sex))
}

#[test]
fn ids_are_unique_and_people_are_a_corpus_s() {
    let ids: BTreeSet<&str> = ALL.into_iter().map(|reader| reader.id).collect();
    assert_eq!(ids.len(), ALL.len());
    for reader in ALL {
        assert!(ids.contains(reader.people), "{}", reader.name);
        assert_eq!(crate::corpus::Corpus::new(reader.id).id(), reader.id);
    }
}

/// Emozionalmente's needs the table beside it.
#[test]
fn no_reader_reads_another_s_names() {
    for reader in ALL {
        let readers = ALL.into_iter().filter(|other| said(other, reader.example).is_some());
        let ids: Vec<&str> = readers.map(|reader| reader.id).collect();
        let expected = if reader.id == "emozionalmente" { vec![] } else { vec![reader.id] };
        assert_eq!(ids, expected, "{}", reader.example);
    }
}

proptest! {
    #[test]
    fn any_name_is_read_or_refused(folder in "[^/]*", stem in "[^/]*") {
        let path = format!("{folder}/{stem}.wav");
        for reader in ALL {
            let _ = said(reader, &path);
        }
    }
}
