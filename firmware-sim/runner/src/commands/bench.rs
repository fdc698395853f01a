use std::path::Path;

use host_trainer::commands::output;

use super::cost::print_table;
use crate::{Board, Timing};

pub(super) fn run(board: Board, model: &Path, json: bool) -> anyhow::Result<()> {
    let timing = Timing::of(board, model)?;
    if json {
        output::json(&timing)?;
    } else {
        print_table(&timing.layers);
        println!("front end: {} instructions per hop", timing.front_end_instructions_per_hop);
        println!("a whole window: {} instructions", timing.total_instructions);
    }
    Ok(())
}
