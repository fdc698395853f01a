use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use engine::model::Runnable;
use serde::Serialize;

use super::each_file::each_file;
use super::{model, output};
use crate::files;
use crate::tensor::{self, Output, StreamOutput};

/// To a whole window, or to one of a stream.
#[derive(Serialize)]
#[serde(untagged)]
enum Answered {
    Window(Output),
    Stream(StreamOutput),
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(serialize_with = "files::as_text")]
    file: &'a Path,
    #[serde(flatten)]
    answer: &'a Answered,
}

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
        let blob = model::read(&self.model)?;
        let runnable = Runnable::from_bytes(&blob).with_context(|| format!("cannot use {name}"))?;
        each_file(
            &self.files,
            "inputs could not be answered",
            |file| self.answers(runnable, file),
            |file, answers| answers.iter().try_for_each(|answer| self.print(file, answer)),
        )
    }

    fn answers(&self, runnable: Runnable<'_>, file: &Path) -> anyhow::Result<Vec<Answered>> {
        let values = tensor::load(file, &runnable, self.stream)?;
        let failed = || format!("cannot run {}", file.display());
        if !self.stream {
            return Ok(vec![Answered::Window(tensor::run(runnable, &values).with_context(failed)?)]);
        }
        let answers = tensor::stream(runnable, &values).with_context(failed)?;
        if answers.is_empty() {
            eprintln!("{}", tensor::no_answer_yet(file, &runnable));
        }
        Ok(answers.into_iter().map(Answered::Stream).collect())
    }

    fn print(&self, file: &Path, answer: &Answered) -> anyhow::Result<()> {
        let (Answered::Window(Output { output }) | Answered::Stream(StreamOutput { output, .. })) = answer;
        if self.json {
            return output::json(&Line { file, answer });
        }
        // Of several inputs some may have no answer.
        let whose = if self.files.len() > 1 { format!("{}: ", file.display()) } else { String::new() };
        output::line(&format!("{whose}{output:?}"))
    }
}
