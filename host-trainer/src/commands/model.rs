use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use crate::SHIPPED_MODEL;

/// The model that a command works with.
#[derive(Debug, Args)]
pub(super) struct ModelFile {
    /// The model blob; the shipped model if none is named.
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
}

impl ModelFile {
    /// The blob's bytes.
    pub(super) fn read(&self) -> anyhow::Result<Cow<'static, [u8]>> {
        match &self.model {
            None => Ok(Cow::Borrowed(SHIPPED_MODEL)),
            Some(path) => {
                let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// What a message calls it.
    pub(super) fn name(&self) -> String {
        self.model.as_ref().map_or("the shipped model".to_owned(), |path| path.display().to_string())
    }
}
