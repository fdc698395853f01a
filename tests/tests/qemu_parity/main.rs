//! The firmware on QEMU's boards against the engine on the host, bit for bit; and what it does with input
//! that is not as it should be.
//!
//! Needs `qemu-system-arm` and the thumb targets: `tests/run` installs them.

mod bad_input;
mod decimate;
mod listen;
mod live;
mod models;
mod networks;
mod recordings;
mod stream;

use std::collections::HashSet;

use anyhow::Result;
use host_trainer::evaluate::Scorer;
use recordings::Recording;
use sim::{Board, Classifier};

/// Each recording's prediction must be the host's: emotion, probabilities and scores.
fn assert_parity(board: Board, blob: &[u8], recordings: &[Recording]) -> Result<()> {
    let host = Scorer::new(blob)?;
    let file = models::file(blob)?;
    let device = Classifier::build(board, file.path())?;
    let mut heard = HashSet::new();
    for Recording { name, samples } in recordings {
        let prediction = device.classify(samples)?.prediction;
        assert_eq!(prediction, host.classify(samples), "{name} on {}", board.name());
        heard.insert(prediction.scores);
    }
    // A model that always says the same would prove nothing.
    assert!(heard.len() > recordings.len() / 2, "{heard:?}");
    Ok(())
}

/// Every recording on every operator, and some on the model that is shipped, which takes longer.
fn assert_board(board: Board) -> Result<()> {
    let recordings = recordings::all()?;
    assert!(recordings.len() >= 20);
    assert_parity(board, &models::every_operator()?, &recordings)?;
    let some: Vec<_> = recordings.into_iter().step_by(4).collect();
    assert_parity(board, host_trainer::SHIPPED_MODEL, &some)
}

#[test]
fn an385_says_what_the_host_says() -> Result<()> {
    assert_board(Board::An385)
}

#[test]
fn an386_says_what_the_host_says() -> Result<()> {
    assert_board(Board::An386)
}

#[test]
fn an500_says_what_the_host_says() -> Result<()> {
    assert_board(Board::An500)
}

#[test]
fn an505_says_what_the_host_says() -> Result<()> {
    assert_board(Board::An505)
}

#[test]
fn an547_says_what_the_host_says() -> Result<()> {
    assert_board(Board::An547)
}

/// A core that has to emulate floats takes its time: the smaller model, and few recordings.
#[test]
fn microbit_says_what_the_host_says() -> Result<()> {
    let few: Vec<_> = recordings::all()?.into_iter().step_by(6).collect();
    assert_parity(Board::Microbit, &models::every_operator()?, &few)?;
    assert_parity(Board::Microbit, &models::tiny()?, &few)
}

#[test]
fn stm32f405_says_what_the_host_says() -> Result<()> {
    assert_board(Board::Stm32f405)
}
