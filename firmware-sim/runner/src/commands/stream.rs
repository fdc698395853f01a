use std::path::Path;

use host_trainer::audio;
use host_trainer::commands::output;

use crate::{Answer, Board, Stream};

pub(super) fn run(board: Board, model: &Path, file: &Path, json: bool) -> anyhow::Result<()> {
    let stream = Stream::build(board, model)?;
    let samples = audio::load(file, stream.sample_rate())?;
    let answers = stream.listen(&samples)?;
    for answer in answers {
        if json {
            output::json(&answer)?;
        } else {
            let Answer { t, emotion, confidence, .. } = answer;
            output::line(&format!("{t:8.2} s  {emotion} {:.0} %", 100.0 * confidence))?;
        }
    }
    Ok(())
}
