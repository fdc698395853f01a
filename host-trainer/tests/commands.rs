//! The commands from outside: exit codes, messages, JSON.

mod calls;

use std::process::Stdio;

use calls::{assert_refused, file, folder, one_json, recording, shown, tone, trainer};
use serde_json::Value;
use tempfile::TempDir;

#[test]
fn wrong_usage_exits_with_2() {
    let folder = folder();
    let usages: [&[&str]; 20] = [
        &[],
        &["forecast"],
        &["crossval", "--data", ".", "--by", "speaker", "--seeds", "1001"],
        &["listen", "--gain", "41"],
        &["predict"],
        &["eval", "--json"],
        &["eval", "--data", ".", "--speaker", "1"],
        &["eval", "--data", ".", "--snr", "NaN"],
        &["eval", "--data", ".", "--snr", "200"],
        &["eval", "--data", ".", "--disturb", "echo"],
        &["eval", "--data", ".", "--panel", "--snr", "20"],
        &["eval", "--data", ".", "--noise", "."],
        &["eval", "--data", ".", "--after", "-1"],
        &["eval", "--data", ".", "--stream", "--snr", "20"],
        &["eval", "--data", ".", "--speaker-pattern", "s[0-9]"],
        &["predict", "a.wav", "--every", "0"],
        &["predict", "a.wav", "--every", "-1"],
        &["train", "--seed", "-1"],
        &["predict", "a.wav", "--csv", "--json"],
        &["inspect", "a", "b"],
    ];
    for usage in usages {
        let output = trainer(&folder).args(usage).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{usage:?}");
        assert!(output.stdout.is_empty());
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(!message.contains("unexpected argument '-1'"), "{message}");
    }
}

#[test]
fn a_model_that_is_not_there_is_named() {
    let folder = folder();
    let missing = folder.path().join("missing.postcard");
    let recording = recording(&folder, "tone.wav");
    let commands = [
        vec!["inspect", shown(&missing)],
        vec!["predict", "--model", shown(&missing), shown(&recording)],
        vec!["eval", "--model", shown(&missing), "--data", shown(folder.path())],
    ];
    for command in commands {
        assert_refused(&trainer(&folder).args(command).output().unwrap(), &["missing.postcard"]);
    }
}

#[test]
fn a_blob_that_was_damaged_is_refused_with_the_reason() {
    let folder = folder();
    let good = host_trainer::SHIPPED_MODEL;
    let spoiled = |spoil: fn(&mut Vec<u8>)| {
        let mut blob = good.to_vec();
        spoil(&mut blob);
        blob
    };
    let damages = [
        (spoiled(|blob| blob.truncate(1000)), "cut short"),
        (spoiled(|blob| blob[500] ^= 4), "checksum"),
        (spoiled(|blob| blob[4] += 1), "version 4"),
        (spoiled(|blob| blob.push(0)), "bytes that do not belong to it"),
        (b"RIFF1234WAVEfmt and more than a header".to_vec(), "not a model blob"),
        (Vec::new(), "is empty"),
    ];
    for (blob, reason) in damages {
        let path = file(&folder, "damaged.postcard", &blob);
        let output = trainer(&folder).arg("inspect").arg(&path).output().unwrap();
        assert_refused(&output, &["damaged.postcard", reason]);
    }
}

#[test]
fn inspect_tells_what_is_in_the_shipped_model() {
    let facts = one_json(&trainer(&folder()).args(["inspect", "--json"]).output().unwrap());
    assert_eq!(facts["blob_bytes"], host_trainer::SHIPPED_MODEL.len());
    assert!(facts["weights_bytes"].as_u64() < facts["blob_bytes"].as_u64());
    assert!(facts["arena_bytes"].as_u64().unwrap() > 0);
    assert_eq!(facts["front_end"]["sample_rate"], 22_050);
    let layers = facts["layers"].as_array().unwrap();
    for total in ["macs", "params"] {
        let sum: u64 = layers.iter().map(|layer| layer[total].as_u64().unwrap()).sum();
        assert_eq!(facts[total], sum);
    }
    let last = layers.last().unwrap();
    assert_eq!(last["op"], "softmax");
    assert_eq!(last["output"][2], facts["labels"].as_array().unwrap().len());
    for key in ["name", "op", "input", "output", "macs", "params"] {
        assert!(layers.iter().all(|layer| layer.get(key).is_some()), "{key}");
    }
}

#[test]
fn a_shipped_model_goes_by_its_name_unless_a_file_does() {
    let folder = folder();
    let name = |folder: &TempDir| {
        let mut inspect = trainer(folder);
        inspect.current_dir(folder.path()).args(["inspect", "tiny", "--json"]);
        one_json(&inspect.output().unwrap())["name"].clone()
    };
    assert_eq!(name(&folder), "tiny");
    file(&folder, "tiny", host_trainer::SHIPPED_MODEL);
    assert_eq!(name(&folder), "small");
}

#[test]
fn predict_prints_a_line_of_json_for_each_file() {
    let folder = folder();
    let files = [recording(&folder, "a.wav"), recording(&folder, "b.wav")];
    let output = trainer(&folder).args(["predict", "--json"]).args(&files).output().unwrap();
    assert!(output.status.success());
    let lines: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    for (line, file) in lines.iter().zip(&files) {
        assert_eq!(line["file"], shown(file));
        let probabilities = line["probabilities"].as_object().unwrap();
        let sum: f64 = probabilities.values().map(|p| p.as_f64().unwrap()).sum();
        // Each is rounded to 1/256.
        assert!((sum - 1.0).abs() <= 8.0 / 256.0, "{sum}");
        assert_eq!(line["confidence"], probabilities[line["emotion"].as_str().unwrap()]);
        let scores = line["scores"].as_array().unwrap();
        assert_eq!(scores.len(), probabilities.len());
        assert!(scores.iter().all(|score| (-128..=127).contains(&score.as_i64().unwrap())));
    }
    assert_eq!(lines[0]["scores"], lines[1]["scores"]);
}

#[test]
fn predict_prints_a_table_with_a_row_for_each_file() {
    let folder = folder();
    let files = [recording(&folder, "a, b.wav"), recording(&folder, "c.wav")];
    let output = trainer(&folder).args(["predict", "--csv"]).args(&files).output().unwrap();
    assert!(output.status.success());
    let mut table = csv::Reader::from_reader(&output.stdout[..]);
    let header: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header[..3], ["file", "emotion", "confidence"]);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    for (row, file) in rows.iter().zip(&files) {
        assert_eq!(&row[0], shown(file));
        let label = header.iter().position(|name| *name == row[1]).unwrap();
        assert_eq!(row[2], row[label]);
    }
}

#[test]
fn predict_answers_over_time() {
    let folder = folder();
    let file = recording(&folder, "a.wav");
    let output = trainer(&folder).args(["predict", "--json", "--every", "0.5"]).arg(&file).output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["file"], &last["t"], &last["speech"]),
        (&shown(&file).into(), &2.0.into(), &true.into())
    );
    for line in &lines {
        assert!(line["emotion"].is_string() && line["confidence"].is_f64() && line["scores"].is_array());
    }
}

#[test]
fn predict_goes_on_after_a_bad_file_and_fails_at_the_end() {
    let folder = folder();
    let bad = file(&folder, "bad.wav", b"this is no recording");
    let empty = file(&folder, "empty.wav", b"");
    let good = recording(&folder, "good.wav");
    let missing = folder.path().join("missing.wav");
    let output = trainer(&folder).arg("predict").args([&bad, &empty, &missing, &good]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.lines().count() == 1 && printed.contains("good.wav"), "{printed}");
    let messages = String::from_utf8(output.stderr).unwrap();
    let messages: Vec<&str> = messages.lines().collect();
    assert_eq!(messages.len(), 4, "{messages:?}");
    for (message, name) in messages.iter().zip(["bad.wav", "empty.wav", "missing.wav", "3 of 4 files"]) {
        assert!(message.contains(name), "{message}");
    }
}

#[test]
fn eval_scores_every_corpus() {
    let folder = folder();
    let data = folder.path().join("data");
    host_trainer::synth::write_corpus(&data, 42, 1).unwrap();
    let output = trainer(&folder).args(["eval", "--json", "--data"]).arg(&data).output().unwrap();
    let scores = one_json(&output);
    let clips = scores["clips"].as_u64().unwrap();
    assert_eq!(clips, 42);
    let total = |scores: &Value| -> u64 {
        let rows = scores["confusion"].as_array().unwrap();
        rows.iter().flat_map(|row| row.as_array().unwrap()).map(|count| count.as_u64().unwrap()).sum()
    };
    assert_eq!(total(&scores), clips);
    let corpora = scores["by_corpus"].as_object().unwrap();
    assert_eq!(corpora.values().map(total).sum::<u64>(), clips);
    let right: u64 = (0..7).map(|class| scores["confusion"][class][class].as_u64().unwrap()).sum();
    // serde_json reads a decimal to within the last bit.
    assert!((scores["wa"].as_f64().unwrap() - right as f64 / clips as f64).abs() < 1e-12);
    assert_eq!(scores["labels"].as_array().unwrap().len(), 7);
    assert!(scores["ua"].is_f64());
    assert_eq!(scores["demonstration"], true);
    assert!(String::from_utf8_lossy(&output.stderr).contains("synthetic"));
}

/// Noise that is weaker than half a step of a sample changes nothing, noise that drowns speech does.
#[test]
fn eval_adds_noise_the_same_each_time() {
    let folder = folder();
    let data = folder.path().join("data");
    host_trainer::synth::write_corpus(&data, 21, 1).unwrap();
    let eval = |noise: &[&str]| {
        let mut command = trainer(&folder);
        one_json(&command.args(["eval", "--json", "--data"]).arg(&data).args(noise).output().unwrap())
    };
    let clean = eval(&[]);
    assert_eq!(eval(&["--snr", "100"]), clean);
    let drowned = eval(&["--snr", "-20"]);
    assert_ne!(drowned, clean);
    assert_eq!(eval(&["--snr", "-20"]), drowned);
}

#[test]
fn eval_of_an_unknown_speaker_lists_those_there_are() {
    let folder = folder();
    recording(&folder, "DC_sa03.wav");
    tone(&folder, "JK_h01.wav", 4000.0);
    let eval = |speakers: &str| {
        let mut command = trainer(&folder);
        command.args(["eval", "--json", "--speakers", speakers, "--data"]).arg(folder.path());
        command.output().unwrap()
    };
    assert_refused(&eval("JK,XY"), &["speaker XY", "DC, JK"]);
    assert_eq!(one_json(&eval("JK"))["clips"], 1);
    assert_eq!(one_json(&eval("JK,DC"))["clips"], 2);
}

#[test]
fn eval_skips_a_broken_recording_and_names_it() {
    let folder = folder();
    recording(&folder, "DC_sa03.wav");
    file(&folder, "DC_sa04.wav", b"RIFF");
    let output = trainer(&folder).args(["eval", "--json", "--data"]).arg(folder.path()).output().unwrap();
    assert_eq!(one_json(&output)["clips"], 1);
    assert!(String::from_utf8_lossy(&output.stderr).contains("DC_sa04.wav"));
}

#[test]
fn eval_without_recordings_says_what_it_looks_for() {
    let folder = folder();
    let output = trainer(&folder).args(["eval", "--data"]).arg(folder.path()).output().unwrap();
    assert_refused(&output, &["no recordings in", "RAVDESS"]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_one_clear_line() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("host-trainer"))
        .args(["inspect", "--json"])
        .stdout(Stdio::from(full))
        .output()
        .unwrap();
    assert_refused(&output, &["cannot write to standard output"]);
}
