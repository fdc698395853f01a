use std::path::PathBuf;

use host_trainer::audio;
use host_trainer::commands::output;

use crate::{Board, Listener};

pub(super) struct Args {
    pub(super) board: Board,
    pub(super) model: PathBuf,
    pub(super) file: PathBuf,
    pub(super) rate: Option<u32>,
    pub(super) threshold: u8,
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let listener = Listener::build(args.board, &args.model)?;
    let rate = args.rate.unwrap_or_else(|| listener.sample_rate());
    let listened = listener.listen(args.threshold, rate, &audio::load(&args.file, rate)?)?;
    if json {
        return output::json(&listened);
    }
    listened.events.iter().try_for_each(|event| output::line(&event.text()))?;
    let second = |instructions: Option<u64>| instructions.map_or("-".to_owned(), |count| count.to_string());
    output::line(&format!(
        "a second asleep: {} instructions, awake: {}, of speech: {}; the dearest buffer of 512 samples: {}",
        second(listened.asleep_instructions_per_second),
        second(listened.awake_instructions_per_second),
        second(listened.speech_instructions_per_second),
        listened.dearest_buffer_instructions
    ))?;
    output::line(&format!(
        "flash {} bytes, static RAM {}, stack {} at its deepest",
        listened.flash_bytes, listened.static_ram_bytes, listened.stack_bytes
    ))
}
