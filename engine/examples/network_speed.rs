//! The engine's times on this machine, for `tests/scripts/tflite_speed.py`: one line of JSON, in milliseconds,
//! with the layers of the shipped model.

use std::hint::black_box;
use std::time::{Duration, Instant};

use prosodia::front_end::MelFrames;
use prosodia::model::Run;
use prosodia::{LoadError, Model, include_model};
use serde_json::json;

const MODEL: &[u8] = include_model!("../../host-trainer/models/small.postcard");
const RUNS: usize = 100;

fn main() -> Result<(), LoadError> {
    let model = Model::from_bytes(MODEL)?;
    let params = model.front_end();
    let audio: Vec<i16> =
        (0..i64::from(params.window_samples)).map(|n| (n * n % 20_011 - 10_000) as i16).collect();
    let mut arena = vec![0; model.layout().arena_bytes()];
    let rows = model.pace().window_rows;
    let network = shortest(|| {
        let mut run = Run::new(model, &mut arena);
        for index in 0..rows {
            run.push(|row| row.fill((index * 37) as i8), |_| ());
        }
        _ = black_box(run.finish(|_| ()));
    });
    let mut mel_frames = Box::new(MelFrames::new());
    let mut scratch = vec![0.0; MelFrames::scratch_len(params)];
    let front_end = shortest(|| {
        mel_frames.configure(params);
        let mut samples = &audio[..];
        while let Some(power) = mel_frames.next(&mut samples, &mut scratch) {
            _ = black_box(power.len());
        }
    });
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let layers: Vec<_> = model.network().layers().collect();
    println!(
        "{}",
        json!({
            "backend": prosodia::kernels::backend(),
            "network": milliseconds(network),
            "front_end": milliseconds(front_end),
            "input": model.network().tensor(0),
            "layers": layers,
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
