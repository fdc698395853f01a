//! Emozionalmente's files: `audio/1613655062436.wav`, of which `metadata/samples.csv` beside the folder `audio` tells
//! actor and emotion (columns `file_name`, `actor` and `emotion_expressed`).
//!
//! F. Catania, "Emozionalmente: a crowdsourced Italian speech emotional corpus", Zenodo 6569824, 2022.

use super::reader::{Name, NameReader, Said, is_number, listed};

pub(super) const READER: NameReader = NameReader {
    id: "emozionalmente",
    name: "Emozionalmente",
    people: "emozionalmente",
    example: "audio/1613655062436.wav",
    read,
};

const EMOTIONS: [(&str, &str); 7] = [
    ("anger", "angry"),
    ("disgust", "disgust"),
    ("fear", "fearful"),
    ("joy", "happy"),
    ("neutrality", "neutral"),
    ("sadness", "sad"),
    ("surprise", "surprised"),
];

/// A file's name, and what is told of it.
const COLUMNS: [&str; 3] = ["file_name", "actor", "emotion_expressed"];

fn read(name: &Name<'_>) -> Option<Said> {
    if !is_number(name.stem, 13) || name.folder() != "audio" {
        return None;
    }
    let table = name.tables.of(&name.path.parent()?.parent()?.join("metadata/samples.csv"), COLUMNS)?;
    let (actor, emotion) = table.get(name.path.file_name()?.to_str()?)?;
    Some(Said { speaker: actor.clone(), label: listed(&EMOTIONS, emotion)?, sex: None })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn the_table_beside_the_recordings_tells_who_speaks_and_how() {
        let folder = tempfile::tempdir().unwrap();
        let said = |name: &str| said(&READER, folder.path().join(name).to_str().unwrap());
        assert_eq!(said("audio/1613655062436.wav"), None);
        std::fs::create_dir(folder.path().join("metadata")).unwrap();
        let table = "timestamp,file_name,actor,sentence,emotion_expressed\n\
                     1,1613655062436.wav,anna,\"Sì, certo\",joy\n2,1613406012537.wav,bruno,No,neutrality\n";
        std::fs::write(folder.path().join("metadata/samples.csv"), table).unwrap();
        assert_eq!(said("audio/1613655062436.wav"), Some(("anna".to_owned(), "happy", None)));
        assert_eq!(said("audio/1613406012537.wav"), Some(("bruno".to_owned(), "neutral", None)));
        for other in ["audio/1613655062437.wav", "1613655062436.wav", "audio/161365506243.wav"] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
