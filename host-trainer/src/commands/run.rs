use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use engine::model::Runnable;
use serde::Serialize;

use super::output;
use crate::tensor;

#[derive(Debug, Args)]
pub(super) struct Run {
    /// The .npy files of int8, each a whole input.
    #[arg(required = true, value_name = "INPUT.NPY")]
    files: Vec<PathBuf>,
    /// The model blob.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// Rows go on: a line for each answer. An input may have any number of them.
    #[arg(long)]
    stream: bool,
    /// Print JSON, one line an answer.
    #[arg(long)]
    json: bool,
}

impl Run {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let name = self.model.display();
        let blob = std::fs::read(&self.model).with_context(|| format!("cannot read {name}"))?;
        let runnable = Runnable::from_bytes(&blob).with_context(|| format!("cannot use {name}"))?;
        let mut failed = 0;
        for file in &self.files {
            if let Err(error) = self.answer(runnable, file) {
                eprintln!("error: {error:#}");
                failed += 1;
            }
        }
        ensure!(failed == 0, "{failed} of {} inputs could not be answered", self.files.len());
        Ok(())
    }

    fn answer(&self, runnable: Runnable<'_>, file: &Path) -> anyhow::Result<()> {
        let values = tensor::load(file)?;
        let failed = || format!("cannot run {}", file.display());
        if !self.stream {
            let answer = tensor::run(runnable, &values).with_context(failed)?;
            return self.print(&answer, &answer.output);
        }
        let answers = tensor::stream(runnable, &values).with_context(failed)?;
        answers.iter().try_for_each(|answer| self.print(answer, &answer.output))
    }

    fn print(&self, answer: &impl Serialize, values: &[i8]) -> anyhow::Result<()> {
        if self.json { output::json(answer) } else { output::line(&format!("{values:?}")) }
    }
}
