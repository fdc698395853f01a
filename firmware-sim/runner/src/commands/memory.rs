use std::path::Path;

use host_trainer::commands::output;

use crate::{Board, Memory};

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let memory = Memory::of(board, model)?;
    if json {
        output::json(&memory)?;
    } else {
        println!("flash       {:>8} bytes", memory.flash_bytes);
        println!("static RAM  {:>8} bytes", memory.static_ram_bytes);
        println!("stack       {:>8} bytes at its deepest", memory.stack_bytes);
    }
    Ok(())
}
