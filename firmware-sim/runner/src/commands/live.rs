use std::path::PathBuf;

use firmware_sim::microphone;
use host_trainer::audio;
use host_trainer::commands::output;

use crate::{Board, Live, Lived, Pace};

pub(super) struct Args {
    pub(super) board: Board,
    pub(super) model: PathBuf,
    pub(super) file: PathBuf,
    pub(super) rate: Option<u32>,
    pub(super) clock: u32,
}

pub(super) fn run(args: &Args, json: bool) -> anyhow::Result<()> {
    let live = Live::build(args.board, &args.model)?;
    let rate = args.rate.unwrap_or_else(|| microphone::sample_rate(live.sample_rate()));
    let pace = Pace { rate, clock: args.clock };
    let lived = live.listen(pace, &audio::load(&args.file, rate)?)?;
    if lived.lost > 0 {
        eprintln!(
            "{} of {} blocks were lost: {} at {} MHz does not keep up with the microphone",
            lived.lost, lived.blocks, lived.board, lived.clock
        );
    }
    if json {
        return output::json(&lived);
    }
    lived.events.iter().try_for_each(|event| output::line(&event.text()))?;
    let Lived { blocks, lost, dearest_instructions, latest_instructions, block_instructions, .. } = lived;
    let plural = if blocks == 1 { "" } else { "s" };
    output::line(&format!(
        "{blocks} block{plural} of 512 samples came, one every {block_instructions} instructions; {lost} lost"
    ))?;
    output::line(&format!(
        "the dearest push: {dearest_instructions} instructions; from an interrupt to where its block was heard: \
         {latest_instructions} at most"
    ))
}
