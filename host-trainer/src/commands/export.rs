use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::model::ModelFile;
use crate::evaluate::Footprint;
use crate::{files, source_code};

#[derive(Debug, Args)]
pub(super) struct Export {
    /// The model blob, or a shipped model by its name: small, which it is if none is named, or tiny.
    model: Option<PathBuf>,
    /// The source file to write: C where its name ends in .h or .c, Rust where it ends in .rs.
    #[arg(long, value_name = "FILE")]
    c_array: PathBuf,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<()> {
        self.model.iter().try_for_each(|model| files::ensure_other(&self.c_array, model))?;
        let file = ModelFile { model: self.model };
        let blob = file.read()?;
        let facts = Footprint::of_blob(&blob).with_context(|| format!("cannot use {}", file.name()))?;
        let source = match self.c_array.extension().and_then(|extension| extension.to_str()) {
            Some("h" | "c") => source_code::c(&blob, &facts, &self.c_array)?,
            Some("rs") => source_code::rust(&blob, &facts)?,
            _ => bail!("{} is neither C (.h, .c) nor Rust (.rs)", self.c_array.display()),
        };
        files::write_whole(&self.c_array, source.as_bytes())
    }
}
