//! A microphone at the pace of time: no block is lost on a core of 64 MHz, and the events are the host's.

use anyhow::Result;
use sim::{Board, Live, Lived, Pace};

use crate::listen::{THRESHOLD, host, stream};
use crate::models;

const RATE: u32 = 16_000;

fn assert_keeps_up(board: Board, seconds: usize) -> Result<Lived> {
    let blob = host_trainer::SHIPPED_MODEL;
    let samples = stream(seconds, RATE as usize)?;
    let live = Live::build(board, models::file(blob)?.path())?;
    let lived = live.listen(Pace { rate: RATE, clock: 64 }, &samples)?;
    assert_eq!((lived.blocks, lived.lost), (samples.len().div_ceil(512) as u64, 0), "{}", board.name());
    assert_eq!(lived.events, host(blob, THRESHOLD, RATE, &samples)?, "{}", board.name());
    assert!(!lived.events.is_empty());
    // 32 ms at 64 MHz. What comes is heard before the next buffer is full.
    assert_eq!(lived.block_instructions, 2_048_000);
    assert!(lived.dearest_instructions <= lived.latest_instructions);
    assert!(lived.latest_instructions < lived.block_instructions, "{lived:?}");
    // A core that is too slow loses blocks, and they are counted.
    let slow = live.listen(Pace { rate: RATE, clock: 8 }, &samples)?;
    assert_eq!(slow.blocks, lived.blocks);
    assert!(slow.lost > slow.blocks / 10 && slow.lost < slow.blocks, "{} lost", slow.lost);
    assert!(slow.latest_instructions > slow.block_instructions);
    Ok(lived)
}

#[test]
fn no_block_is_lost_at_64_mhz_and_a_slow_core_s_losses_are_counted() -> Result<()> {
    assert_keeps_up(Board::An386, 20).map(drop)
}

#[test]
#[ignore = "takes some minutes"]
fn no_block_is_lost_in_ten_minutes() -> Result<()> {
    let lived = assert_keeps_up(Board::An386, 600)?;
    println!(
        "{} blocks, {} lost; the dearest push {} instructions, from interrupt to heard {}",
        lived.blocks, lived.lost, lived.dearest_instructions, lived.latest_instructions
    );
    Ok(())
}
