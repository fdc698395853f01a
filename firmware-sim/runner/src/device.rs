use std::path::Path;

use anyhow::Context;
use engine::Model;

use crate::{Board, Firmware, Program};

/// A program on a board, with what the host must know of its model.
pub(crate) struct Device {
    pub(crate) firmware: Firmware,
    pub(crate) labels: Vec<String>,
    /// Samples per second of what the model hears, and samples in its window.
    pub(crate) sample_rate: u32,
    pub(crate) window_samples: usize,
}

impl Device {
    /// Builds a program with a model.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`].
    pub(crate) fn build(board: Board, program: Program, model: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", model.display());
        let blob = std::fs::read(model).with_context(failed)?;
        let host = Model::from_bytes(&blob).with_context(failed)?;
        Ok(Self {
            firmware: Firmware::build(board, program, model)?,
            labels: host.labels().iter().map(str::to_owned).collect(),
            sample_rate: host.front_end().sample_rate,
            window_samples: host.front_end().window_samples as usize,
        })
    }

    /// The label of an index.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn label(&self, class: usize) -> anyhow::Result<&str> {
        let label = self.labels.get(class).map(String::as_str);
        label.context("the firmware decided on a label that the model does not have")
    }
}
