//! From a microphone to events: the boards' are the host's, at both of the rates that the firmware hears.

use anyhow::Result;
use engine::listen::{Conversion, Settings};
use host_trainer::evaluate::HostListener;
use host_trainer::listen::{Happening, Verdict};
use sim::Board;

use crate::{models, recordings};

/// Speech and signals, each after a pause longer than the hangover, over and over.
pub fn stream(seconds: usize, rate: usize) -> Result<Vec<i16>> {
    // A microphone is never quite silent.
    let pause: Vec<i16> = (0..rate * 2).map(|n| [0, 1, 0, -1, 1, 0, -1][n * n % 7]).collect();
    let recordings: Vec<_> = recordings::all()?.into_iter().map(|recording| recording.samples).collect();
    let parts = recordings.iter().cycle().flat_map(|samples| [&pause, samples]);
    Ok(parts.flatten().copied().take(seconds * rate).collect())
}

/// The host's events, to buffers of uneven lengths.
pub fn host(blob: &[u8], rate: u32, samples: &[i16]) -> Result<Vec<Happening>> {
    let wanted = host_trainer::audio::SAMPLE_RATE;
    let mut coefficients = Vec::new();
    let conversion = Conversion::between(rate, wanted, &mut coefficients);
    let mut listener = Box::new(HostListener::new());
    listener.load(blob, &Settings { conversion, ..Settings::DEFAULT })?;
    let mut events = Vec::new();
    for buffer in samples.chunks(777) {
        listener.push(buffer, |event| events.push(Happening::of(event, rate)))?;
    }
    listener.flush(|event| events.push(Happening::of(event, rate)))?;
    Ok(events)
}

fn assert_parity(boards: &[Board], rate: u32, seconds: usize) -> Result<()> {
    let blob = host_trainer::SHIPPED_MODEL;
    let samples = stream(seconds, rate as usize)?;
    let expected = host(blob, rate, &samples)?;
    let spoken = |event: &&Happening| matches!(event, Happening::Silence { verdict, .. } if *verdict != Verdict::NotSpeech);
    assert!(expected.iter().filter(spoken).count() > seconds / 12, "{expected:?}");
    let file = models::file(blob)?;
    for &board in boards {
        let listened = sim::Listener::build(board, file.path())?.listen(rate, &samples)?;
        assert_eq!(listened.events, expected, "{}", board.name());
        assert!(listened.asleep_instructions_per_second < listened.awake_instructions_per_second);
    }
    Ok(())
}

#[test]
fn every_board_hears_what_the_host_hears() -> Result<()> {
    assert_parity(&Board::ALL, 22_050, 15)
}

#[test]
fn a_microphone_at_another_rate_is_heard_alike() -> Result<()> {
    assert_parity(&[Board::An386], 16_000, 15)
}

#[test]
#[ignore = "takes four minutes"]
fn an_hour_is_heard_alike() -> Result<()> {
    assert_parity(&[Board::An386], 16_000, 3600)
}
