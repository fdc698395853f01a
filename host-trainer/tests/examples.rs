//! The programs in `examples` do what they say.

#![allow(dead_code)] // Their `main`.

#[path = "../examples/own_labels.rs"]
mod own_labels;
#[path = "../examples/wav_to_emotion.rs"]
mod wav_to_emotion;

use std::path::Path;

use host_trainer::prosodia::Model;

/// A second of a tone at 16 kHz, which no two recordings have alike.
fn write_tone(path: &Path, hertz: f32, number: usize) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = hound::WavWriter::create(path, format).unwrap();
    let step = std::f32::consts::TAU * (hertz + 3.0 * number as f32) / 16_000.0;
    (0..16_000).for_each(|n| file.write_sample((8000.0 * (step * n as f32).sin()) as i16).unwrap());
    file.finalize().unwrap();
}

#[test]
fn a_wav_has_the_answer_that_the_command_gives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.wav");
    write_tone(&path, 220.0, 0);
    let answer = wav_to_emotion::ask(&path).unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_host-trainer"))
        .args(["predict", "--json"])
        .arg(&path)
        .output()
        .unwrap();
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["emotion"], answer.emotion);
    assert_eq!(said["scores"], serde_json::json!(answer.scores));
}

#[test]
fn labels_of_one_s_own_are_learnt() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        let name = format!("{number}.wav");
        write_tone(&folder.path().join("recordings").join("deep").join(&name), 200.0, number);
        write_tone(&folder.path().join("recordings").join("high").join(&name), 2000.0, number);
    }
    let out = folder.path().join("out");
    let judged = own_labels::train(&folder.path().join("recordings"), &out, 20).unwrap();
    assert!(judged.int8.clips() >= 10);
    assert_eq!(judged.int8.wa(), 1.0, "{:?}", judged.int8);
    let blob = std::fs::read(out.join("model.postcard")).unwrap();
    assert!(Model::from_bytes(&blob).unwrap().labels().iter().eq(["deep", "high"]));
}
