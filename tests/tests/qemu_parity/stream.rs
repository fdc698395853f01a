//! A stream that goes on: every answer of the boards is the host's, and comes at the same time.

use anyhow::Result;
use engine::{Model, Session};
use sim::{Answer, Board, Stream};

use crate::{models, recordings};

/// Seconds of speech and of what is no speech, one recording after the other, over and over.
fn stream(seconds: usize, rate: usize) -> Result<Vec<i16>> {
    let pause = vec![0; rate / 2];
    let recordings: Vec<_> = recordings::all()?.into_iter().map(|recording| recording.samples).collect();
    let parts = recordings.iter().cycle().flat_map(|samples| [samples, &pause]);
    Ok(parts.flatten().copied().take(seconds * rate).collect())
}

/// The host's answers, to portions of uneven lengths and at the end.
fn host(blob: &[u8], samples: &[i16]) -> Result<Vec<Answer>> {
    let model = Model::from_bytes(blob)?;
    let mut arena = vec![0; model.layout().arena_bytes()];
    let mut session = Box::new(Session::new());
    session.start(model, &mut arena)?;
    let mut answers = Vec::new();
    let rate = model.front_end().sample_rate;
    for portion in samples.chunks(777) {
        session.push(portion, &mut arena, |answer| answers.push(Answer::of(&answer, rate, samples.len())))?;
    }
    let last = session.finish(&mut arena)?;
    answers.push(Answer::of(&last, rate, samples.len()));
    Ok(answers)
}

fn assert_parity(boards: &[Board], seconds: usize) -> Result<()> {
    let blob = host_trainer::SHIPPED_MODEL;
    let second = host_trainer::audio::SAMPLE_RATE as usize;
    let samples = stream(seconds, second)?;
    let expected = host(blob, &samples)?;
    // One that ends before the first answer has that at its end.
    let short = &samples[..second];
    let of_short = host(blob, short)?;
    assert_eq!(of_short.iter().map(|answer| answer.t).collect::<Vec<_>>(), [1.0]);
    // An answer every 186 ms, once the first has come.
    assert!(expected.len() > seconds.saturating_sub(5) * 5, "{} answers", expected.len());
    assert!(expected.iter().any(|answer| answer.scores != expected[0].scores));
    let file = models::file(blob)?;
    for &board in boards {
        let stream = Stream::build(board, file.path())?;
        assert_eq!(stream.listen(&samples)?, expected, "{}", board.name());
        assert_eq!(stream.listen(short)?, of_short, "{}", board.name());
    }
    Ok(())
}

#[test]
fn every_board_says_what_the_host_says_all_the_time() -> Result<()> {
    assert_parity(&Board::ALL, 12)
}

#[test]
#[ignore = "takes a quarter of an hour"]
fn every_board_says_what_the_host_says_for_five_minutes() -> Result<()> {
    assert_parity(&Board::ALL, 300)
}
