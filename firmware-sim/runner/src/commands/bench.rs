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
        let stream = &timing.stream;
        println!(
            "a second of a stream: {} instructions, {:.2} answers; the dearest push of a hop: {} instructions",
            stream.instructions_per_second, stream.answers_per_second, stream.dearest_push_instructions
        );
        println!(
            "loading: {} instructions, {} of them for the checksum",
            timing.load_instructions, timing.checksum_instructions
        );
    }
    Ok(())
}
