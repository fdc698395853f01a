//! The engine's times on this machine, for `tests/scripts/tflite_speed.py`: one line of JSON, in milliseconds,
//! with the layers of the shipped model.

use std::hint::black_box;
use std::time::{Duration, Instant};

use engine::front_end::MelFrames;
use engine::{LoadError, Model, Session};
use serde_json::json;

static MODEL: &[u8] = include_bytes!("../../host-trainer/models/small.postcard");
const RUNS: usize = 100;

fn main() -> Result<(), LoadError> {
    let model = Model::from_bytes(MODEL)?;
    let params = &model.body().front_end;
    let audio: Vec<i16> =
        (0..i64::from(params.window_samples)).map(|n| (n * n % 20_011 - 10_000) as i16).collect();
    let mut arena = vec![0; model.plan().arena_bytes()];
    let mut session = Box::new(Session::new());
    session.start(model.clone());
    session.push(&audio, &mut arena);
    session.finish(&mut arena);
    let network = shortest(|| _ = black_box(session.classify(&mut arena)));
    let mut mel_frames = Box::new(MelFrames::new());
    let mut scratch = vec![0.0; MelFrames::scratch_len(params)];
    let front_end = shortest(|| {
        mel_frames.configure(params);
        mel_frames.push(&audio, &mut scratch, |power| _ = black_box(power.len()));
        mel_frames.finish(&mut scratch, |power| _ = black_box(power.len()));
    });
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{}",
        json!({
            "network": milliseconds(network),
            "front_end": milliseconds(front_end),
            "input": model.body().input,
            "layers": model.layers(),
        })
    );
    Ok(())
}

/// The shortest of many runs: the one that other processes disturbed least.
fn shortest(mut work: impl FnMut()) -> Duration {
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}
