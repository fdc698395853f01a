use std::path::Path;

use anyhow::Context;
use host_trainer::listen::Happening;
use serde::{Deserialize, Serialize};

use crate::device::Device;
use crate::footprint::Footprint;
use crate::{Board, Program};

/// The firmware of a board that hears a microphone.
pub struct Listener(Device);

/// What the firmware heard, and what that cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listened {
    /// The board's name.
    pub board: &'static str,
    /// As `host-trainer listen` prints them.
    pub events: Vec<Happening>,
    /// For a second of the stream while it is quiet; None if it never was.
    pub asleep_instructions_per_second: Option<u64>,
    /// For a second from where something is heard to the verdict; None if there was nothing.
    pub awake_instructions_per_second: Option<u64>,
    /// For a second while somebody speaks, the dearest part of that; None if nobody did.
    pub speech_instructions_per_second: Option<u64>,
    /// The dearest push of a buffer of 512 samples.
    pub dearest_buffer_instructions: u64,
    /// Code, constants, model and the initial values of statics.
    pub flash_bytes: u64,
    /// Statics.
    pub static_ram_bytes: u64,
    /// The stack at its deepest.
    pub stack_bytes: u64,
}

/// The last line of `result.json`.
#[derive(Deserialize)]
struct Cost {
    asleep: Tally,
    awake: Tally,
    speech: Tally,
    dearest_buffer_ticks: u64,
    stack_bytes: u64,
}

#[derive(Deserialize)]
struct Tally {
    samples: u64,
    ticks: u64,
}

impl Listener {
    /// Builds the firmware with a model.
    ///
    /// # Errors
    /// Names a model that can't be read or run; otherwise those of [`Firmware::build`](crate::Firmware::build).
    pub fn build(board: Board, model: &Path) -> anyhow::Result<Self> {
        Device::build(board, Program::Listen, model).map(Self)
    }

    /// Samples per second of what the model hears.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        self.0.sample_rate
    }

    /// Lets the firmware hear a whole recording of a sample rate in Hz. A label is announced from a threshold in
    /// percent on.
    ///
    /// # Errors
    /// A rate that the firmware has no filter for, and those of [`Firmware::run`](crate::Firmware::run).
    pub fn listen(&self, threshold: u8, rate: u32, samples: &[i16]) -> anyhow::Result<Listened> {
        let firmware = &self.0.firmware;
        self.0.ensure_hears(rate)?;
        let result = firmware.hear_told(&[("threshold.txt", threshold.into())], rate, samples)?;
        let broken = || "the firmware's result is broken";
        let (events, cost) = result.trim_end().rsplit_once('\n').unwrap_or(("", result.trim_end()));
        let cost: Cost = serde_json::from_str(cost).with_context(broken)?;
        let Footprint { flash_bytes, static_ram_bytes } = Footprint::of(firmware)?;
        let second = |Tally { samples, ticks }: Tally| {
            (firmware.board.instructions(ticks) * u64::from(rate)).checked_div(samples)
        };
        Ok(Listened {
            board: firmware.board.name(),
            events: self.0.happenings(events, rate)?,
            asleep_instructions_per_second: second(cost.asleep),
            awake_instructions_per_second: second(cost.awake),
            speech_instructions_per_second: second(cost.speech),
            dearest_buffer_instructions: firmware.board.instructions(cost.dearest_buffer_ticks),
            flash_bytes,
            static_ram_bytes,
            stack_bytes: cost.stack_bytes,
        })
    }
}
