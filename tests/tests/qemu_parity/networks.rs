//! Networks without a front end: the boards' answers are the host's, over whole windows and in a stream.

use anyhow::{Context, Result};
use engine::model::Runnable;
use host_trainer::import::{Meaning, import};
use host_trainer::tensor;
use sim::{Board, Network};

use crate::models;

/// The blob of a golden `.tflite` file.
fn blob(name: &str) -> Result<Vec<u8>> {
    let path = format!("{}/golden/import/{name}.tflite", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read(&path).context(path)?;
    import(&file, Meaning { name, labels: &[], front_end: None })
}

/// Noise in every value of so many inputs.
fn noise(length: usize, count: u32) -> Vec<Vec<i8>> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as i8
    };
    (0..count).map(|_| (0..length).map(|_| next()).collect()).collect()
}

fn assert_windows(board: Board, name: &str) -> Result<()> {
    let blob = blob(name)?;
    let runnable = Runnable::from_bytes(&blob)?;
    let file = models::file(&blob)?;
    let network = Network::build(board, file.path())?;
    let length = runnable.row_len() * runnable.pace().window_rows as usize;
    for input in noise(length, 4) {
        let ran = network.run(&input)?;
        assert_eq!(ran.output, tensor::run(runnable, &input)?.output, "{name} on {}", board.name());
        let macs: u64 = (0..runnable.network().len()).map(|layer| runnable.network().macs(layer)).sum();
        assert!(ran.instructions > macs / 4 && ran.flash_bytes > blob.len() as u64);
    }
    Ok(())
}

#[test]
fn every_board_says_what_the_host_says_of_a_window() -> Result<()> {
    Board::ALL.into_iter().try_for_each(|board| assert_windows(board, "residual"))
}

#[test]
fn every_board_says_what_the_host_says_of_a_stream() -> Result<()> {
    let blob = blob("over_time")?;
    let runnable = Runnable::from_bytes(&blob)?;
    let rows = noise(60 * runnable.row_len(), 1).concat();
    let expected = tensor::stream(runnable, &rows)?;
    let file = models::file(&blob)?;
    for board in Board::ALL {
        let answers = Network::build(board, file.path())?.stream(&rows)?;
        let found: Vec<_> = answers.iter().map(|answer| (answer.row, &answer.output)).collect();
        let expected: Vec<_> = expected.iter().map(|answer| (answer.row, &answer.output)).collect();
        assert_eq!(found, expected, "{}", board.name());
    }
    Ok(())
}
