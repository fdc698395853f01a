//! Every image for a real board is built, fits its part, and stays within its budget: `tests/boards.json`. To take on
//! new figures:
//!
//! ```sh
//! REFRESH_BUDGET=1 cargo test -p parity --test boards
//! ```
//!
//! Needs the thumb targets: `tests/run` installs them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use flasher::{Board, Image, Program, STACK_BYTES};
use serde::{Deserialize, Serialize};

const BUDGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/boards.json");
const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host-trainer/models/small.postcard");

/// What a listening board may take of RAM in all, its stack included.
const MOST_RAM: usize = 48 << 10;

/// By how many bytes of flash two builds of the same sources may differ: the order of functions follows the folder that
/// the engine lies in, and with it the padding between them.
const PADDING: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Bytes {
    flash: usize,
    static_ram: usize,
}

/// By the Armv7-M and Armv8-M manuals: flash begins with where the stack starts and where the program does, an odd
/// address. The RP2350's boot ROM wants its marker in the first 4 KiB besides (its data sheet, 5.9).
fn starts(board: Board, flash: &[u8]) -> bool {
    let Some(&[stack, reset]) = flash.as_chunks::<4>().0.first_chunk() else { return false };
    let [stack, reset] = [stack, reset].map(u32::from_le_bytes);
    let part = board.part();
    let is_marked = flash[..4096].as_chunks().0.contains(&0xffff_ded3_u32.to_le_bytes());
    part.ram.contains(&(stack - 4))
        && part.flash.contains(&reset)
        && reset % 2 == 1
        && (is_marked || !matches!(board, Board::Pico2 | Board::Pico2Pdm))
}

fn refresh(measured: &BTreeMap<String, Bytes>) -> Result<()> {
    std::fs::write(BUDGET, serde_json::to_string_pretty(measured)? + "\n").context("cannot write the budget")
}

#[test]
fn every_image_fits_its_part_and_its_budget() -> Result<()> {
    let mut measured = BTreeMap::new();
    for board in Board::ALL {
        for program in [Program::Listen, Program::Record] {
            let Image { flash, static_ram_bytes, .. } = flasher::build(board, program, Path::new(MODEL))?;
            let name = format!("{} {}", board.name(), program.name());
            ensure!(starts(board, &flash), "{name} does not start");
            ensure!(flash.len() <= board.part().flash.len(), "{name} takes {} bytes of flash", flash.len());
            let ram = static_ram_bytes + STACK_BYTES;
            ensure!(ram <= MOST_RAM.min(board.part().ram.len()), "{name} takes {ram} bytes of RAM");
            measured.insert(name, Bytes { flash: flash.len(), static_ram: static_ram_bytes });
        }
    }
    if std::env::var_os("REFRESH_BUDGET").is_some() {
        return refresh(&measured);
    }
    let budget: BTreeMap<String, Bytes> = serde_json::from_str(&std::fs::read_to_string(BUDGET)?)?;
    for (name, found) in measured {
        let allowed = budget.get(&name).with_context(|| format!("no budget for {name}"))?;
        ensure!(
            found.flash <= allowed.flash + PADDING && found.static_ram <= allowed.static_ram,
            "{name} is over budget: {found:?}, {allowed:?}"
        );
    }
    Ok(())
}
