use std::path::Path;

use anyhow::Context;
use host_trainer::listen::Happening;
use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::{Board, Program};

/// Samples of a block.
const BLOCK: u64 = 512;

/// The firmware of a board to which a microphone's blocks come at the pace of time.
pub struct Live(Device);

/// A microphone, and the core that hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Samples per second.
    pub rate: u32,
    /// The core's clock in MHz. It does one instruction a cycle.
    pub clock: u32,
}

/// Whether the board kept up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lived {
    /// The board's name.
    pub board: &'static str,
    /// The core's clock in MHz.
    pub clock: u32,
    /// Blocks that came.
    pub blocks: u64,
    /// Those that came while their buffer was still in use.
    pub lost: u64,
    /// The time between two blocks.
    pub block_instructions: u64,
    /// The dearest push of a block, interrupts within it included.
    pub dearest_instructions: u64,
    /// The longest time from a block's interrupt to where the block had been heard.
    pub latest_instructions: u64,
    /// As `host-trainer listen` prints them. Lost blocks are not in their times.
    pub events: Vec<Happening>,
}

/// The last line of `result.json`.
#[derive(Deserialize)]
struct Cost {
    blocks: u64,
    lost: u64,
    dearest_ticks: u64,
    latest_ticks: u64,
}

impl Pace {
    /// Of the core between two blocks.
    const fn instructions(self) -> u64 {
        BLOCK * self.clock as u64 * 1_000_000 / self.rate as u64
    }
}

impl Live {
    /// Builds the firmware with a model.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`](crate::Firmware::build).
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        Device::build(board, Program::Live, model).map(Self)
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// Lets a whole recording come to the firmware.
    ///
    /// # Errors
    /// A rate that the firmware has no filter for, and those of [`Firmware::run`](crate::Firmware::run).
    pub fn listen(&self, pace: Pace, samples: &[i16]) -> anyhow::Result<Lived> {
        self.0.ensure_hears(pace.rate)?;
        let board = self.0.firmware.board;
        let period = ("period.txt", board.ticks(pace.instructions()));
        let result = self.0.firmware.hear_told(&[period], pace.rate, samples)?;
        let (events, cost) = result.trim_end().rsplit_once('\n').unwrap_or(("", result.trim_end()));
        let cost: Cost = serde_json::from_str(cost).context("the firmware's result is broken")?;
        Ok(Lived {
            board: board.name(),
            clock: pace.clock,
            blocks: cost.blocks,
            lost: cost.lost,
            block_instructions: pace.instructions(),
            dearest_instructions: board.instructions(cost.dearest_ticks),
            latest_instructions: board.instructions(cost.latest_ticks),
            events: self.0.happenings(events, pace.rate)?,
        })
    }
}
