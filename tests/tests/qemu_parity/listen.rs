//! From a microphone to events: the boards' are the host's, at both of the rates that the firmware hears.

use anyhow::Result;
use engine::listen::{Conversion, DecisionSettings, Settings};
use host_trainer::evaluate::HostListener;
use host_trainer::listen::{Happening, Verdict};
use sim::Board;

use crate::{models, recordings};

/// What a label needs to be announced, in percent.
pub const THRESHOLD: u8 = DecisionSettings::DEFAULT.threshold;

/// Speech and signals, each after a pause longer than the hangover, over and over.
pub fn stream(seconds: usize, rate: usize) -> Result<Vec<i16>> {
    // A microphone is never quite silent.
    let pause: Vec<i16> = (0..rate * 2).map(|n| [0, 1, 0, -1, 1, 0, -1][n * n % 7]).collect();
    let recordings: Vec<_> = recordings::all()?.into_iter().map(|recording| recording.samples).collect();
    let parts = recordings.iter().cycle().flat_map(|samples| [&pause, samples]);
    Ok(parts.flatten().copied().take(seconds * rate).collect())
}

/// The host's events, to buffers of uneven lengths.
pub fn host(blob: &[u8], threshold: u8, rate: u32, samples: &[i16]) -> Result<Vec<Happening>> {
    let wanted = host_trainer::audio::SAMPLE_RATE;
    let mut coefficients = Vec::new();
    let conversion = Conversion::between(rate, wanted, &mut coefficients);
    let mut listener = Box::new(HostListener::new());
    let decisions = DecisionSettings { threshold, ..DecisionSettings::DEFAULT };
    listener.load(blob, &Settings { conversion, decisions, ..Settings::DEFAULT })?;
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
    let expected = host(blob, THRESHOLD, rate, &samples)?;
    let is_speech = |verdict: &Verdict| *verdict != Verdict::NotSpeech;
    let spoken =
        |event: &&Happening| matches!(event, Happening::Silence { verdict, .. } if is_speech(verdict));
    assert!(expected.iter().filter(spoken).count() > seconds / 12, "{expected:?}");
    let file = models::file(blob)?;
    for &board in boards {
        let listened = sim::Listener::build(board, file.path())?.listen(THRESHOLD, rate, &samples)?;
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

/// What is sure enough for 0 % is not for 100 %.
#[test]
fn the_threshold_is_the_one_that_is_asked_for() -> Result<()> {
    let blob = host_trainer::SHIPPED_MODEL;
    let samples = stream(15, 22_050)?;
    let file = models::file(blob)?;
    let listener = sim::Listener::build(Board::An386, file.path())?;
    let mut emotions = Vec::new();
    for threshold in [0, 100] {
        let events = listener.listen(threshold, 22_050, &samples)?.events;
        assert_eq!(events, host(blob, threshold, 22_050, &samples)?);
        let is_emotion =
            |event: &&Happening| matches!(event, Happening::Silence { verdict: Verdict::Emotion, .. });
        emotions.push(events.iter().filter(is_emotion).count());
    }
    assert!(emotions[0] > 0 && emotions[1] == 0, "{emotions:?}");
    Ok(())
}

#[test]
#[ignore = "takes four minutes"]
fn an_hour_is_heard_alike() -> Result<()> {
    assert_parity(&[Board::An386], 16_000, 3600)
}
