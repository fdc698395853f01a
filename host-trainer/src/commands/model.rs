use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::import::is_tflite;
use crate::quantise;
use crate::shipped::{SHIPPED_MODEL, Shipped};

/// The model that a command works with.
#[derive(Debug, Args)]
pub(super) struct ModelFile {
    /// The model blob, or a shipped model by its name: small, which it is if none is named, or tiny.
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
}

impl ModelFile {
    /// The blob's bytes.
    pub(super) fn read(&self) -> anyhow::Result<Cow<'static, [u8]>> {
        match &self.model {
            None => Ok(Cow::Borrowed(SHIPPED_MODEL)),
            Some(path) => read(path),
        }
    }

    /// What a message calls it.
    pub(super) fn name(&self) -> String {
        self.model.as_ref().map_or("the shipped model".to_owned(), |path| path.display().to_string())
    }
}

/// The bytes of a blob, or of a shipped model by its name.
///
/// # Errors
/// Names the file that can't be read or is no blob, and says what to give.
pub(super) fn read(path: &Path) -> anyhow::Result<Cow<'static, [u8]>> {
    if let Some(model) = Shipped::named(path).filter(|_| !path.exists()) {
        return Ok(Cow::Borrowed(model.blob));
    }
    ensure!(!path.is_dir(), "{} is a folder; give the model.postcard in it", path.display());
    let bytes = std::fs::read(path).with_context(|| unread(path))?;
    ensure_blob(path, &bytes)?;
    Ok(Cow::Owned(bytes))
}

/// Makes sure that a file is a blob, or the beginning of one.
///
/// # Errors
/// Names the file that is something else, and says what to give.
fn ensure_blob(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(blob) = blob_of_float_model(path) {
        bail!(
            "{} is a float model, to go on training from; give the blob beside it, {}",
            path.display(),
            blob.display()
        );
    }
    ensure!(!bytes.is_empty(), "{} is empty; give a model.postcard", path.display());
    ensure!(
        !is_tflite(bytes),
        "{} is a .tflite file; make a model.postcard of it by host-trainer import",
        path.display()
    );
    ensure!(quantise::is_blob(bytes), "{} is not a model blob; give a model.postcard", path.display());
    Ok(())
}

/// Says that a file can't be read and, if there is none, which names stand for a model.
fn unread(path: &Path) -> String {
    let built_in =
        if path.exists() { String::new() } else { format!("; the built-in models are {}", Shipped::names()) };
    format!("cannot read {}{built_in}", path.display())
}

/// The blob that was made from a float model, or from the JSON beside that: of the same name, or the training's.
fn blob_of_float_model(path: &Path) -> Option<PathBuf> {
    let parts = ["safetensors", "json"].map(|extension| path.with_extension(extension));
    if !parts.iter().any(|part| part == path) || !parts.iter().all(|part| part.is_file()) {
        return None;
    }
    let blobs = [path.with_extension("postcard"), path.with_file_name("model.postcard")];
    blobs.into_iter().find(|blob| blob.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let read = |path: &Path| format!("{:#}", ModelFile { model: Some(path.into()) }.read().unwrap_err());
        let message = read(Path::new("huge"));
        assert!(message.contains("cannot read huge; the built-in models are small, tiny: "), "{message}");
        let folder = tempfile::tempdir().unwrap();
        let message = read(folder.path());
        assert!(message.ends_with(" is a folder; give the model.postcard in it"), "{message}");
    }
}
