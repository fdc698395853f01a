//! The page of `engine/web` in Chromium, opened from a file: it says what the host says of the same sound.
//!
//! Needs Chromium, node and playwright-core, which `tests/run` installs; without them what needs a browser is left out.

mod driver;
mod sound;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use driver::{Outcome, Wanted, drive, page};
use engine::listen::DecisionSettings;
use engine::{Model, blob};
use engine_web::Recording;
use host_trainer::SHIPPED_MODEL;
use host_trainer::audio::{self, SAMPLE_RATE};
use host_trainer::evaluate::Scorer;
use serde_json::{Value, json};

/// Sentences of the synthesiser.
const SENTENCES: [usize; 3] = [13, 5, 0];
/// Bytes of the whole page, at most.
const LARGEST_PAGE: usize = 410_000;

/// A recording's file, the samples in it, and their rate.
fn recording(folder: &Path, sentences: &[usize]) -> Result<(PathBuf, Vec<i16>)> {
    let (file, samples) = (folder.join("speech.wav"), sound::stream(sentences)?);
    sound::write(&file, &samples, SAMPLE_RATE, 1, 16)?;
    Ok((file, samples))
}

/// What `host-trainer predict --json` prints.
fn prediction(file: &Path) -> Result<Value> {
    let samples = audio::load(file, SAMPLE_RATE)?;
    let mut prediction = sound::printed(&Scorer::new(SHIPPED_MODEL)?.classify(&samples))?;
    prediction["file"] = json!(file.file_name().and_then(|name| name.to_str()));
    Ok(prediction)
}

#[test]
fn the_page_is_small_and_forbids_connections() -> Result<()> {
    let page = page()?;
    assert!(page.len() <= LARGEST_PAGE, "{} bytes", page.len());
    assert!(page.contains("default-src 'none'") && !page.contains("connect-src"));
    assert!(!page.contains("{{") && !page.contains("http:") && !page.contains("https:"));
    Ok(())
}

#[test]
fn a_dropped_recording_gets_the_events_of_listen_and_the_answer_of_predict() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, samples) = recording(folder.path(), &SENTENCES)?;
    // What is refused later changes nothing that is saved.
    let (notes, short) = (folder.path().join("notes.txt"), folder.path().join("short.wav"));
    fs::write(&notes, b"neither sound nor a model")?;
    fs::write(&short, b"RIFF\x24\0\0\0WAVEfmt ")?;
    let files = vec![file.clone(), notes, short];
    let Some(Outcome { seen, .. }) = drive(&Wanted { files, ..Wanted::default() })? else { return Ok(()) };
    let mut expected = sound::events(&samples, SAMPLE_RATE)?;
    let utterances = expected.iter().filter(|event| event["event"] == "silence").count();
    assert!(utterances >= SENTENCES.len());
    expected.push(prediction(&file)?);
    for seen in &seen {
        assert_eq!(seen.saved, expected);
    }
    assert_eq!(seen[0].rows.len(), utterances);
    let emotion = expected.last().and_then(|answer| answer["emotion"].as_str()).context("an answer")?;
    assert!(seen[0].verdict.starts_with(emotion) && seen[0].said.contains(emotion), "{seen:?}");
    Ok(())
}

/// Two channels of 24 bits at 16 kHz: the engine's resampler stands in for the host's longer filter, and the events are
/// those of `listen --rate 16000`.
#[test]
fn a_recording_of_another_kind_is_heard_by_the_same_resampler() -> Result<()> {
    const RATE: u32 = 16_000;
    let folder = tempfile::tempdir()?;
    let (file, written) = (folder.path().join("stereo.wav"), folder.path().join("speech.wav"));
    sound::write(&written, &sound::stream(&SENTENCES)?, SAMPLE_RATE, 1, 16)?;
    let samples = audio::load(&written, RATE)?;
    sound::write(&file, &samples, RATE, 2, 24)?;
    let Some(Outcome { mut seen, .. }) = drive(&Wanted { files: vec![file.clone()], ..Wanted::default() })?
    else {
        return Ok(());
    };
    let answer = seen[0].saved.pop().context("an answer")?;
    assert_eq!(seen[0].saved, sound::events(&samples, RATE)?);
    let expected = prediction(&file)?;
    assert_eq!(answer["emotion"], expected["emotion"]);
    let difference =
        answer["confidence"].as_f64().zip(expected["confidence"].as_f64()).map(|(a, b)| (a - b).abs());
    assert!(difference.is_some_and(|difference| difference < 0.2), "{answer} {expected}");
    Ok(())
}

/// 192 kHz is more than three times the model's rate: it is brought to 64 kHz first, which leaves the utterances and
/// their times.
#[test]
fn a_recording_of_64_bit_floats_and_one_of_192_khz_are_heard() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, samples) = recording(folder.path(), &SENTENCES[..1])?;
    let (fast, doubles) = (folder.path().join("fast.wav"), folder.path().join("doubles.wav"));
    sound::write(&fast, &audio::load(&file, 192_000)?, 192_000, 1, 24)?;
    fs::write(&doubles, sound::doubles(&samples, SAMPLE_RATE))?;
    let wanted = Wanted { files: vec![doubles, fast], ..Wanted::default() };
    let Some(Outcome { mut seen, .. }) = drive(&wanted)? else { return Ok(()) };
    let expected = sound::events(&samples, SAMPLE_RATE)?;
    seen.iter_mut().for_each(|seen| drop(seen.saved.pop()));
    assert_eq!(seen[0].saved, expected);
    let ends = |events: &[Value]| -> Vec<[f64; 2]> {
        let over = events.iter().filter(|event| event["event"] == "silence");
        over.map(|event| ["start", "t"].map(|field| event[field].as_f64().unwrap_or(f64::NAN))).collect()
    };
    let (found, expected) = (ends(&seen[1].saved), ends(&expected));
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.as_flattened().iter().zip(expected.as_flattened()) {
        assert!((found - expected).abs() < 0.1, "{found} {expected}");
    }
    Ok(())
}

/// The fake microphone starts at some sample of the file and goes through the browser's resampler: probabilities are
/// the host's to a seventh, verdicts are where that decides nothing, times to a tenth of a second after a common shift.
#[test]
fn a_microphone_is_heard_as_by_listen() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, samples) = recording(folder.path(), &SENTENCES)?;
    let seconds = samples.len() as f64 / f64::from(SAMPLE_RATE);
    let wanted = Wanted { microphone: Some(file), seconds: seconds + 0.5, ..Wanted::default() };
    let Some(Outcome { seen, microphones, .. }) = drive(&wanted)? else { return Ok(()) };
    assert!(microphones.is_empty(), "left open: {microphones:?}");
    let over = |events: Vec<Value>| {
        events.into_iter().filter(|event| event["event"] == "silence").collect::<Vec<_>>()
    };
    let (found, expected) = (over(seen[0].saved.clone()), over(sound::events(&samples, SAMPLE_RATE)?));
    assert_eq!(found.len(), expected.len(), "{found:#?}\n{expected:#?}");
    for (found, expected) in found.iter().zip(&expected) {
        let probability =
            |event: &Value, label: &str| event["probabilities"][label].as_f64().unwrap_or(f64::NAN);
        for label in expected["probabilities"].as_object().context("probabilities")?.keys() {
            let difference = (probability(found, label) - probability(expected, label)).abs();
            assert!(difference < 0.15, "{label}: {found:#?}\n{expected:#?}");
        }
        let likely = expected["confidence"].as_f64().context("a confidence")?;
        if (likely - f64::from(DecisionSettings::DEFAULT.threshold) / 100.0).abs() > 0.15 {
            let said = |event: &Value| [event["verdict"].clone(), event["emotion"].clone()];
            assert_eq!(said(found), said(expected));
        }
    }
    let shift = |field: &str, index: usize| -> Option<f64> {
        Some(found[index][field].as_f64()? - expected[index][field].as_f64()?)
    };
    let first = shift("start", 0).context("a time")?;
    for index in 0..found.len() {
        for field in ["start", "t"] {
            let shift = shift(field, index).context("a time")?;
            assert!((shift - first).abs() < 0.1, "{index} {field}: {shift} {first}");
        }
    }
    Ok(())
}

#[test]
fn another_model_brings_its_labels_and_what_is_no_model_is_told() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, bytes: &[u8]| -> Result<_> {
        let file = folder.path().join(name);
        fs::write(&file, bytes)?;
        Ok(file)
    };
    let (mut corrupt, mut newer) = (SHIPPED_MODEL.to_vec(), SHIPPED_MODEL.to_vec());
    corrupt[1000] ^= 1;
    newer[4] += 1;
    let other = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/tests/data/loud.postcard"))?;
    let files = vec![
        write("corrupt.postcard", &corrupt)?,
        write("newer.postcard", &newer)?,
        write("notes.txt", b"neither sound nor a model")?,
        write("short.wav", b"RIFF\x24\0\0\0WAVEfmt ")?,
        write("loud.postcard", &other)?,
    ];
    let Some(Outcome { seen, .. }) = drive(&Wanted { files, ..Wanted::default() })? else { return Ok(()) };
    let shipped: Vec<_> = Model::from_bytes(SHIPPED_MODEL)?.labels().iter().map(str::to_owned).collect();
    let version =
        format!("format version {}, this engine reads version {}", blob::VERSION + 1, blob::VERSION);
    let expected = [
        ("corrupt.postcard", "checksum"),
        ("newer.postcard", &version),
        ("notes.txt", "neither a recording"),
        ("short.wav", "WAV file"),
    ];
    for (seen, (file, expected)) in seen.iter().zip(expected) {
        assert!(seen.error.starts_with(file) && seen.error.contains(expected), "{seen:?}");
        assert_eq!(seen.labels, shipped);
    }
    assert_eq!(
        (seen[4].error.as_str(), &seen[4].labels[..]),
        ("", &["loud".to_owned(), "quiet".to_owned()][..])
    );
    Ok(())
}

/// Each refused model is a second or more of time for the recording to go on, if it did.
#[test]
fn a_model_ends_the_recording_that_is_heard() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (long, _) = recording(folder.path(), &SENTENCES.repeat(10))?;
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../engine/tests/data/loud.postcard").into();
    let refused = folder.path().join("refused.postcard");
    fs::write(&refused, b"EMO8")?;
    let files = [vec![long, model], vec![refused; 8]].concat();
    let wanted = Wanted { files, interrupted: true, ..Wanted::default() };
    let Some(Outcome { seen, .. }) = drive(&wanted)? else { return Ok(()) };
    for seen in seen {
        assert_eq!(
            (seen.labels.len(), &seen.rows[..], &seen.saved[..]),
            (2, &["None yet.".to_owned()][..], &[][..])
        );
    }
    Ok(())
}

#[test]
fn a_microphone_that_is_not_allowed_is_told() -> Result<()> {
    let Some(Outcome { seen, .. }) = drive(&Wanted { denied: true, ..Wanted::default() })? else {
        return Ok(());
    };
    assert!(seen[0].error.contains("was not allowed"), "{seen:?}");
    Ok(())
}

/// Without a browser: the page's own decoder and window are the host's.
#[test]
fn recordings_decode_and_are_cut_as_on_the_host() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let samples = sound::stream(&SENTENCES[..1])?;
    for (channels, bits) in [(1, 16), (2, 16), (1, 24), (2, 32)] {
        let file = folder.path().join("speech.wav");
        sound::write(&file, &samples, SAMPLE_RATE, channels, bits)?;
        let Recording { samples: found, .. } =
            Recording::read(&fs::read(&file)?).map_err(anyhow::Error::msg)?;
        assert_eq!(found, audio::load(&file, SAMPLE_RATE)?, "{channels} channels, {bits} bits");
    }
    for length in [1, 1000, samples.len() - 1, samples.len() + 1] {
        assert_eq!(engine_web::loudest(&samples, length), audio::window(&samples, length));
    }
    Ok(())
}

/// A window's time, here and in the browser: the shortest of many.
#[test]
#[ignore = "measures: cargo test --release -p parity --test browser -- --ignored --nocapture a_window"]
fn a_window_takes_so_long() -> Result<()> {
    const RUNS: usize = 30;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("speech.wav");
    let mut samples = sound::stream(&SENTENCES[..2])?;
    samples.truncate(audio::WINDOW_SAMPLES as usize);
    sound::write(&file, &samples, SAMPLE_RATE, 1, 16)?;
    let scorer = Scorer::new(SHIPPED_MODEL)?;
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        _ = std::hint::black_box(scorer.classify(&samples));
        start.elapsed().as_secs_f64() * 1e3
    });
    let host = times.fold(f64::INFINITY, f64::min);
    let Some(Outcome { seen, .. }) = drive(&Wanted { files: vec![file; RUNS], ..Wanted::default() })? else {
        return Ok(());
    };
    let browser = seen.iter().map(|seen| seen.milliseconds).fold(f64::INFINITY, f64::min);
    println!(
        "a window of 3 s: {host:.1} ms on the host ({} kernels), {browser:.1} ms in Chromium",
        engine::kernels::backend()
    );
    Ok(())
}

/// The pictures of `docs/browser.md`.
#[test]
#[ignore = "draws: cargo test -p parity --test browser -- --ignored the_pictures"]
fn the_pictures_of_the_documentation() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, _) = recording(folder.path(), &[0, 4, 13, 3, 1, 16, 9])?;
    let pictures = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/images").into();
    drive(&Wanted { files: vec![file], pictures: Some(pictures), ..Wanted::default() })?;
    Ok(())
}
