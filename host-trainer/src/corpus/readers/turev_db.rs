//! TurEV-DB's file names: speaker, emotion in Turkish and word, like `1157_kz_tahta`.
//!
//! S. F. Canpolat, Z. Ormanoğlu and D. Zeyrek, "Turkish Emotion Voice Database (TurEV-DB)", SLTU-CCURL 2020.

use super::reader::{Name, NameReader, Said, is_word, listed};

pub(super) const READER: NameReader =
    NameReader { id: "turev-db", name: "TurEV-DB", people: "turev-db", example: "1157_kz_tahta.wav", read };

/// kızgın, sakin, mutlu, hüzünlü
const EMOTIONS: [(&str, &str); 4] = [("kz", "angry"), ("sk", "calm"), ("mt", "happy"), ("hl", "sad")];
const SPEAKERS: [&str; 6] = ["1157", "1234", "1358", "1984", "6783", "7895"];

fn read(name: &Name<'_>) -> Option<Said> {
    let [speaker, emotion, word] = name.fields('_')?;
    let is_word = is_word(word.trim_end_matches(|c: char| c.is_ascii_digit()));
    let label = listed(&EMOTIONS, emotion)?;
    (is_word && SPEAKERS.contains(&speaker)).then(|| Said { speaker: speaker.to_owned(), label, sex: None })
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    #[test]
    fn published_names_are_read() {
        for (path, speaker, label, sex) in [
            ("Angry/1157_kz_tahta.wav", "1157", "angry", None),
            ("1234_sk_sarj.wav", "1234", "calm", None),
            ("7895_hl_ogul1.wav", "7895", "sad", None),
        ] {
            assert_eq!(said(&READER, path), Some((speaker.to_owned(), label, sex)), "{path}");
        }
    }

    #[test]
    fn other_names_are_not_read() {
        for path in
            ["1111_kz_tahta.wav", "1157_xx_tahta.wav", "1157_kz_.wav", "1157_kz.wav", "1157_kz_Tahta.wav"]
        {
            assert_eq!(said(&READER, path), None, "{path}");
        }
    }
}
