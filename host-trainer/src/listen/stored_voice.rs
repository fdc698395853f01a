use std::path::Path;

use anyhow::{Context, ensure};
use engine::{Model, Voice};
use serde::{Deserialize, Serialize};

use crate::digest::digest;
use crate::features::knows_voices;
use crate::{files, json_text};

/// A voice in a file, which only a model that hears alike can make use of: its numbers are relative to voices in
/// general, as that model's front end knows them.
#[derive(Serialize, Deserialize)]
struct StoredVoice {
    front_end: String,
    #[serde(flatten)]
    voice: Voice,
}

/// The voice in a file.
///
/// # Errors
/// Names the file that can't be read, or that is of a model with another front end.
pub(crate) fn read_voice(path: &Path, model: &Model<'_>) -> anyhow::Result<Voice> {
    let failed = || format!("cannot use the voice in {}", path.display());
    let stored: StoredVoice =
        std::fs::read(path).map_err(anyhow::Error::from).and_then(json_text::parse).with_context(failed)?;
    ensure!(
        stored.front_end == front_end(model)?,
        "{}: a model learnt it that hears otherwise; name another file to learn it anew",
        failed()
    );
    let (found, bands) = (stored.voice.deviations.len(), usize::from(model.front_end().mel_bands));
    ensure!(found == bands, "{}: it has {found} deviations for {bands} mel bands", failed());
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
pub(crate) fn write_voice(path: &Path, model: &Model<'_>, voice: Voice) -> anyhow::Result<()> {
    let stored = StoredVoice { front_end: front_end(model)?, voice };
    files::write_whole(path, &serde_json::to_vec(&stored)?)
}

/// What tells how a model hears from how others do.
fn front_end(model: &Model<'_>) -> anyhow::Result<String> {
    Ok(digest(model.front_end())?.to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shipped::Shipped;

    #[test]
    fn a_voice_is_kept_for_models_that_hear_alike() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let [small, tiny] = ["small", "tiny"]
            .map(|name| Model::from_bytes(Shipped::named(name.as_ref()).unwrap().blob).unwrap());
        let voice =
            |bands| Voice { heard: 300, deviations: [120, -64].into_iter().cycle().take(bands).collect() };
        let (voice, short) = (voice(64), voice(5));
        write_voice(file.path(), &small, voice.clone()).unwrap();
        assert_eq!(read_voice(file.path(), &small).unwrap(), voice);
        let refused = read_voice(file.path(), &tiny).unwrap_err().to_string();
        assert!(refused.contains("a model learnt it that hears otherwise"), "{refused}");
        write_voice(file.path(), &small, short).unwrap();
        let refused = read_voice(file.path(), &small).unwrap_err().to_string();
        assert!(refused.ends_with("it has 5 deviations for 64 mel bands"), "{refused}");
        std::fs::write(file.path(), "").unwrap();
        let refused = format!("{:#}", read_voice(file.path(), &small).unwrap_err());
        assert!(
            refused.starts_with("cannot use the voice in ") && refused.ends_with("it is empty"),
            "{refused}"
        );
    }
}
