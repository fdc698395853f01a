//! People's own recordings with labels of their own, as the guide has it: from a folder, or a list, to answers.

use std::f64::consts::TAU;
use std::path::Path;
use std::process::Output;

use quick_preset::quick_preset;
use serde_json::Value;
use support::{Bench, complaint, messages};

mod quick_preset;
mod support;

const SPEAKERS: [&str; 4] = ["anna", "bo", "cem", "dina"];

/// A second of a tone, high where someone is stressed.
fn write_recording(path: &Path, number: usize, is_stressed: bool) {
    let frequency = if is_stressed { 1500.0 } else { 300.0 } + 10.0 * number as f64;
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    for n in 0..16_000 {
        let phase = TAU * frequency * f64::from(n) / 16_000.0;
        writer.write_sample((8000.0 * phase.sin()) as i16).unwrap();
    }
    writer.finalize().unwrap();
}

impl Bench {
    /// `calls/LABEL/SPEAKER/N.wav`, three recordings each.
    fn with_calls() -> Self {
        let bench = Self::with_clips(1);
        let changes = [
            ("/name", "calls".into()),
            ("/front_end/sample_rate", 16_000.into()),
            ("/front_end/hop_length", 320.into()),
            ("/front_end/mel_bands", 24.into()),
            ("/front_end/window_samples", 16_000.into()),
            ("/recipe/epochs", 12.into()),
            ("/recipe/augmentation/noisy_share", 0.2.into()),
        ];
        std::fs::write(bench.path("calls.json"), quick_preset(changes)).unwrap();
        for (index, (label, speaker)) in bench.labels_and_speakers().enumerate() {
            for take in 0..3 {
                let path = bench.path(&format!("calls/{label}/{speaker}/{take}.wav"));
                write_recording(&path, 3 * index + take, label == "stressed");
            }
        }
        bench
    }

    fn labels_and_speakers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        ["stressed", "calm"].into_iter().flat_map(|label| SPEAKERS.map(|speaker| (label, speaker)))
    }

    fn run(&self, name: &str, options: &[&str]) -> Output {
        let options = options.iter().map(|option| option.replace("HERE", self.path("").to_str().unwrap()));
        self.command(name).args(options).output().unwrap()
    }

    fn ran(&self, name: &str, options: &[&str]) -> (String, String) {
        let output = self.run(name, options);
        assert!(output.status.success(), "{}", messages(&output));
        (String::from_utf8(output.stdout.clone()).unwrap(), messages(&output))
    }

    fn train(&self, data: &str, options: &[&str]) -> (Value, String) {
        let all = [&["--data", data, "--preset", "HERE/calls.json", "--out", "HERE/out"], options].concat();
        let (_, messages) = self.ran("train", &all);
        let metrics = std::fs::read(self.path("out/metrics.json")).unwrap();
        (serde_json::from_slice(&metrics).unwrap(), messages)
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_folder_for_each_label_becomes_a_model_that_answers_with_them() {
    let bench = Bench::with_calls();
    let (metrics, _) = bench.train("HERE/calls", &[]);
    let labels = serde_json::json!(["calm", "stressed"]);
    assert_eq!((&metrics["labels"], &metrics["classes"]), (&labels, &labels));
    assert_eq!((&metrics["split"], &metrics["demonstration"]), (&"speaker".into(), &false.into()));
    let speakers = |part: &str| metrics[part]["speakers"].as_u64().unwrap();
    assert_eq!(["train", "validation", "test"].map(speakers).iter().sum::<u64>(), 4);

    let model = ["--model", "HERE/out/model.postcard"];
    let (facts, _) = bench.ran("inspect", &["HERE/out/model.postcard", "--json"]);
    assert_eq!(
        (&json(&facts)["labels"], &json(&facts)["front_end"]["sample_rate"]),
        (&labels, &16_000.into())
    );
    let (scores, _) = bench.ran("eval", &[&model[..], &["--data", "HERE/calls", "--json"]].concat());
    assert_eq!((&json(&scores)["clips"], &json(&scores)["labels"]), (&24.into(), &labels));
    assert!(json(&scores)["by_corpus"]["calls"].is_object());
    let (answer, _) = bench.ran("predict", &[&model[..], &["HERE/calls/calm/bo/1.wav", "--json"]].concat());
    assert!(json(&answer)["probabilities"]["stressed"].is_number());
    let (table, _) = bench.ran("predict", &[&model[..], &["HERE/calls/calm/bo/1.wav", "--csv"]].concat());
    assert!(table.starts_with("file,emotion,confidence,calm,stressed\n"), "{table}");
}

#[test]
fn folds_of_one_s_own_speakers_are_cross_validated() {
    let bench = Bench::with_calls();
    let folds = r#"{"corpus": "calls", "folds": [["anna", "bo"], ["cem", "dina"]]}"#;
    std::fs::write(bench.path("folds.json"), folds).unwrap();
    let options =
        ["--data", "HERE/calls", "--folds", "HERE/folds.json", "--preset", "HERE/calls.json", "--json"];
    let (printed, _) = bench
        .ran("crossval", &[&options[..], &["--seeds", "1", "--epochs", "2", "--out", "HERE/out"]].concat());
    let summary = json(&printed);
    assert_eq!(summary["classes"], serde_json::json!(["calm", "stressed"]));
    assert_eq!(summary["emotions"][1]["emotion"], "stressed");
    assert_eq!(summary["folds"][0]["clips"], 12);
}

#[test]
fn a_list_says_label_and_speaker_and_labels_can_be_renamed() {
    let bench = Bench::with_calls();
    let mut list = "speaker,path,label\n".to_owned();
    for (label, speaker) in bench.labels_and_speakers() {
        let unwanted = if speaker == "anna" { "noise" } else { label };
        list += &format!("{speaker},calls/{label}/{speaker}/0.wav,{unwanted}\n");
        list += &format!("{speaker},calls/{label}/{speaker}/1.wav,{label}\n");
    }
    std::fs::write(bench.path("list.csv"), list).unwrap();
    std::fs::write(bench.path("labels.json"), r#"{"calm": "relaxed", "noise": null}"#).unwrap();
    let (metrics, messages) =
        bench.train("HERE/list.csv", &["--labels", "HERE/labels.json", "--epochs", "1"]);
    assert_eq!(metrics["labels"], serde_json::json!(["relaxed", "stressed"]));
    assert!(messages.contains("left out, of another label: 2 files"), "{messages}");
    let clips = |part: &str| metrics[part]["clips"].as_u64().unwrap();
    assert_eq!(["train", "validation", "test"].map(clips).iter().sum::<u64>(), 14);
}

#[test]
fn without_speakers_the_split_is_at_random_and_says_so() {
    let bench = Bench::with_calls();
    let (metrics, messages) = bench.train("HERE/calls", &["--speaker-pattern", "(nobody)", "--epochs", "1"]);
    assert_eq!(metrics["split"], "random");
    assert!(messages.contains("24 of 24 recordings without a speaker"), "{messages}");
    assert!(std::fs::read_to_string(bench.path("out/report.html")).unwrap().contains("Inflated"));
    let options =
        ["--data", "HERE/calls", "--speaker-pattern", "(nobody)", "--split", "speaker", "--out", "HERE/out"];
    assert!(complaint(&bench.run("train", &options)).contains("at least 3 speakers, found 1"));
}

#[test]
fn what_matches_nothing_is_told() {
    let bench = Bench::with_calls();
    let preset = std::fs::read_to_string(bench.path("calls.json")).unwrap();
    let mut preset = json(&preset);
    preset["recipe"]["corpora"] = serde_json::json!({ "calls": 2.0, "Calls": 0.5 });
    preset["recipe"]["augmentation"]["noisy_share"] = 0.0.into();
    std::fs::write(bench.path("calls.json"), preset.to_string()).unwrap();
    std::fs::write(bench.path("labels.json"), r#"{"clam": "relaxed"}"#).unwrap();
    let (_, messages) = bench.train(
        "HERE/calls",
        &["--labels", "HERE/labels.json", "--noise", "HERE/calls", "--rooms", "HERE/calls", "--epochs", "1"],
    );
    for expected in [
        "warning: --labels names clam, which no recording has; there are those with calm, stressed\n",
        "warning: the preset's weights for Calls are of no recording; there are those of calls\n",
        "warning: --noise plays no part",
        "warning: --rooms plays no part",
    ] {
        assert_eq!(messages.matches(expected).count(), 1, "{messages}");
    }
    std::fs::write(bench.path("labels.json"), r#"{"calm": null, "stressed": null}"#).unwrap();
    let options = ["--data", "HERE/calls", "--labels", "HERE/labels.json", "--out", "HERE/out"];
    assert!(complaint(&bench.run("train", &options)).contains("--labels leaves out every recording"));
}

#[test]
fn classes_that_no_recording_has_are_explained() {
    let bench = Bench::with_calls();
    let output = bench.run("train", &["--data", "HERE/calls", "--classes", "six", "--out", "HERE/out"]);
    let complaint = complaint(&output);
    assert!(complaint.contains("no recording has one of the labels happy, sad"), "{complaint}");
    assert!(complaint.contains("there are those with calm, stressed"), "{complaint}");
}

#[test]
fn copies_count_once_and_contradictions_not_at_all() {
    let bench = Bench::with_calls();
    let copy = |from: &str, to: &str| std::fs::copy(bench.path(from), bench.path(to)).unwrap();
    copy("calls/calm/bo/0.wav", "calls/calm/bo/copy.wav");
    copy("calls/calm/bo/1.wav", "calls/stressed/bo/other.wav");
    copy("calls/calm/bo/2.wav", "calls/calm/bo/._2.wav");
    let (_, messages) = bench.train("HERE/calls", &["--epochs", "1"]);
    assert!(messages.contains("left out, repeated: 1 file"), "{messages}");
    assert!(messages.contains("left out, written by the system: 1 file"), "{messages}");
    let named: Vec<_> =
        messages.lines().filter(|line| line.starts_with("left out, of two labels: ")).collect();
    assert!(
        named.len() == 2
            && named[0].ends_with("calls/stressed/bo/other.wav of equal content is \"stressed\""),
        "{messages}"
    );
}

#[test]
fn what_is_wrong_in_a_list_is_told_by_its_line() {
    let bench = Bench::with_calls();
    let mut list = "path;label;speaker\n".to_owned();
    for (label, speaker) in bench.labels_and_speakers() {
        list += &format!("calls/{label}/{speaker}/0.wav;{label};{speaker}\n");
    }
    let dry_run = |list: &[u8]| {
        std::fs::write(bench.path("list.csv"), list).unwrap();
        bench.run("train", &["--data", "HERE/list.csv", "--dry-run", "--out", "HERE/lists"])
    };
    list += "calls/calm/bo/0.wav;stressed;bo\ncalls/gone.wav;calm;bo\n";
    list += "calls/calm/bo/1.wav;calm;bo\ncalls/calm/bo/1.wav;calm;anna\ncalls/calm;calm;bo\n";
    let output = dry_run(list.as_bytes());
    let told = messages(&output);
    assert!(output.status.success(), "{told}");
    let lines: Vec<_> = told.lines().filter(|line| line.starts_with("left out")).collect();
    assert_eq!(lines.len(), 4, "{told}");
    let told_apart = told.replace(&format!("{}/", bench.path("").display()), "");
    assert!(told_apart.contains("calls/gone.wav: line 11 of list.csv lists it"), "{told}");
    let said = "calls/calm/bo/0.wav: \"calm\" in line 7 of list.csv, \"stressed\" in line 10 of list.csv";
    assert!(told_apart.contains(said), "{told}");
    let said = "calls/calm/bo/1.wav: \"anna\" in line 13 of list.csv, \"bo\" in line 12 of list.csv";
    assert!(told_apart.contains(said), "{told}");
    assert!(told_apart.contains("calls/calm: it is a folder, which line 14 of list.csv lists"), "{told}");
    for (text, expected) in [
        (&b"path,label\ncalls/calm/bo/0.wav,\"calm\n"[..], "line 2: a quotation mark"),
        (b"path,label\n\xe4.wav,calm\n", "line 2 is not in UTF-8; save it as UTF-8"),
        (b"path,label\n0.wav,calm\n1.wav,stressed\n", "line 2, would be"),
        (b"calls/calm/bo/0.wav,calm\n", "its first line is no header"),
        (b"", "list.csv: it is empty"),
    ] {
        let complaint = complaint(&dry_run(text));
        assert!(complaint.contains("list.csv") && complaint.contains(expected), "{complaint}");
    }
}
