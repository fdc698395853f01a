use std::path::Path;

use anyhow::{Context, ensure};
use engine::{Model, Voice};
use serde::{Deserialize, Serialize};

use crate::features::knows_voices;
use crate::{files, json_text};

/// A voice in a file, which only the model that learnt it can make use of: its numbers are relative to voices in
/// general, as that model knows them.
#[derive(Serialize, Deserialize)]
struct StoredVoice {
    /// The hash of the model's blob.
    model: String,
    #[serde(flatten)]
    voice: Voice,
}

/// The voice in a file.
///
/// # Errors
/// Names the file that can't be read, or that is another model's.
pub(crate) fn read_voice(path: &Path, blob: &[u8], model: &Model<'_>) -> anyhow::Result<Voice> {
    let failed = || format!("cannot use the voice in {}", path.display());
    let bytes = std::fs::read(path).with_context(failed)?;
    let stored: StoredVoice = json_text::parse(bytes).with_context(|| {
        format!("{}: no voice that this version has stored; name another file to learn it anew", failed())
    })?;
    ensure!(
        stored.model == hash(blob),
        "{}: another model learnt it; name another file to learn it anew",
        failed()
    );
    let (found, bands) = (stored.voice.deviations.len(), usize::from(model.front_end().mel_bands));
    ensure!(found == bands, "{}: it has {found} deviations for {bands} mel bands", failed());
    let labels = model.labels().len();
    for found in [stored.voice.offsets.len(), stored.voice.utterances.len()] {
        ensure!(found == labels, "{}: it has offsets of {found} labels for {labels}", failed());
    }
    Ok(stored.voice)
}

/// Makes sure, before hours of listening, that a model learns voices and that its file can be written.
///
/// # Errors
/// It learns none, or names the file.
pub(crate) fn ensure_kept(path: &Path, model: &Model<'_>) -> anyhow::Result<()> {
    ensure!(
        knows_voices(model.front_end()),
        "the model has no running reference and learns no voices: leave out --enrol"
    );
    files::WholeFile::begin(path).map(drop)
}

/// Keeps a voice in a file.
///
/// # Errors
/// Names the file that can't be written.
pub(crate) fn write_voice(path: &Path, blob: &[u8], voice: Voice) -> anyhow::Result<()> {
    let stored = StoredVoice { model: hash(blob), voice };
    files::write_whole(path, &serde_json::to_vec(&stored)?)
}

fn hash(blob: &[u8]) -> String {
    blake3::hash(blob).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped::Shipped;

    #[test]
    fn a_voice_is_kept_for_the_model_that_learnt_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let [small, tiny] = ["small", "tiny"].map(|name| Shipped::named(name.as_ref()).unwrap().blob);
        let voice = |bands, labels| Voice {
            heard: 300,
            deviations: [120, -64].into_iter().cycle().take(bands).collect(),
            utterances: [3, 0].into_iter().cycle().take(labels).collect(),
            offsets: [512, -256].into_iter().cycle().take(labels).collect(),
        };
        let read = |blob| read_voice(file.path(), blob, &Model::from_bytes(blob).unwrap());
        write_voice(file.path(), small, voice(64, 7)).unwrap();
        assert_eq!(read(small).unwrap(), voice(64, 7));
        let refused = read(tiny).unwrap_err().to_string();
        assert!(refused.contains("another model learnt it"), "{refused}");
        for (short, why) in [
            (voice(5, 7), "it has 5 deviations for 64 mel bands"),
            (voice(64, 6), "it has offsets of 6 labels for 7"),
        ] {
            write_voice(file.path(), small, short).unwrap();
            let refused = read(small).unwrap_err().to_string();
            assert!(refused.ends_with(why), "{refused}");
        }
        std::fs::write(file.path(), "").unwrap();
        let refused = format!("{:#}", read(small).unwrap_err());
        assert!(
            refused.starts_with("cannot use the voice in ") && refused.ends_with("it is empty"),
            "{refused}"
        );
    }
}
