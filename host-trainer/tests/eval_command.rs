//! `eval` of recordings that were disturbed, of known voices, and of a stream.

use std::process::Output;

use quick_preset::quick_preset;
use serde_json::Value;
use support::{Bench, complaint, messages};
use walkdir::WalkDir;

mod quick_preset;
mod support;

const RUNNING: &str = r#"{ "running": {
    "loudness_bands": [2, 10], "lasting": 5, "quietest": -30, "held": 32, "speech_below": 20, "pause": 43,
    "prior_weight": 200, "memory": 2600, "muted_bands": 1
} }"#;

impl Bench {
    /// With a model that has a reference.
    fn with_model(reference: &str) -> Self {
        let bench = Self::with_clips(70);
        let preset = bench.path("quick.json");
        let changes = [
            ("/front_end/window_samples", 66_150.into()),
            ("/front_end/reference", serde_json::from_str(reference).unwrap()),
            ("/recipe/epochs", 40.into()),
        ];
        std::fs::write(&preset, quick_preset(changes)).unwrap();
        let mut train = bench.command("train");
        train.arg("--data").arg(bench.path("corpus")).arg("--preset").arg(preset);
        let output = train.args(["--split", "random", "--out"]).arg(bench.path("out")).output().unwrap();
        assert!(output.status.success(), "{}", messages(&output));
        bench
    }

    fn eval(&self, options: &[&str]) -> Output {
        let mut command = self.command("eval");
        command.arg("--model").arg(self.path("out/model.postcard")).arg("--data").arg(self.path("corpus"));
        command.arg("--json").args(options).output().unwrap()
    }

    fn scores(&self, options: &[&str]) -> Value {
        let output = self.eval(options);
        assert!(output.status.success(), "{}", messages(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn disturbances_are_the_same_each_time() {
    let bench = Bench::with_model(RUNNING);
    let clean = bench.scores(&[]);
    // From the threshold of 0 on everything is answered.
    let first = &clean["coverage"][0];
    assert_eq!(
        [&first["threshold"], &first["answered"], &first["right"]],
        [&0.into(), &1.0.into(), &clean["wa"]]
    );
    for disturbance in ["click", "thump", "dc", "telephone", "reverberation-0.6-s"] {
        let disturbed = bench.scores(&["--disturb", disturbance]);
        assert_eq!(disturbed["clips"], clean["clips"]);
        assert_eq!(disturbed, bench.scores(&["--disturb", disturbance]));
    }
    assert_ne!(bench.scores(&["--disturb", "click"]), clean);
}

#[test]
fn the_panel_agrees_with_its_conditions() {
    let bench = Bench::with_model(RUNNING);
    let panel = bench.scores(&["--panel"])["panel"].as_array().unwrap().clone();
    assert_eq!((panel.len(), &panel[0]["condition"]), (16, &"clean".into()));
    let options = [("clean", vec![]), ("dc", vec!["--disturb", "dc"]), ("noise-10-db", vec!["--snr", "10"])];
    for (name, options) in options {
        let entry = panel.iter().find(|entry| entry["condition"] == name).unwrap();
        let scores = bench.scores(&options);
        for figure in ["ua", "wa", "confidence", "ece"] {
            assert_eq!(entry[figure], scores[figure], "{name}: {figure}");
        }
    }
    // A folder without recordings is none of noise.
    std::fs::create_dir(bench.path("noise")).unwrap();
    std::fs::write(bench.path("noise/none.txt"), "no sound").unwrap();
    let noise = bench.path("noise");
    let complaint = complaint(&bench.eval(&["--panel", "--noise", noise.to_str().unwrap()]));
    assert!(complaint.contains("--noise") && complaint.contains("no recordings in"), "{complaint}");
}

#[test]
fn a_voice_that_was_heard_before_is_another_protocol() {
    let bench = Bench::with_model(RUNNING);
    let [fresh, nothing, minute] =
        [vec![], vec!["--after", "0"], vec!["--after", "60"]].map(|o| bench.scores(&o));
    assert_eq!(
        (&fresh["after_s"], &nothing["after_s"], &minute["after_s"]),
        (&Value::Null, &0.into(), &60.into())
    );
    assert_eq!(fresh["confusion"], nothing["confusion"]);
    assert_eq!(minute["clips"], fresh["clips"]);
    assert_ne!(minute["confidence"], fresh["confidence"]);
    assert_eq!(bench.scores(&["--after", "60"]), minute);

    // Of strangers' recordings none is known to be of the same speaker.
    let files = WalkDir::new(bench.path("corpus")).into_iter().map(|entry| entry.unwrap().into_path());
    let recordings = files.filter(|path| path.is_file()).take(2);
    let lines: String = recordings.map(|path| format!("{},angry\n", path.display())).collect();
    std::fs::write(bench.path("strangers.csv"), format!("path,label\n{lines}")).unwrap();
    let mut command = bench.command("eval");
    command
        .arg("--model")
        .arg(bench.path("out/model.postcard"))
        .arg("--data")
        .arg(bench.path("strangers.csv"));
    let told = complaint(&command.args(["--after", "60"]).output().unwrap());
    assert!(told.contains("it is not known who speaks in"), "{told}");
}

#[test]
fn a_model_that_learns_no_voices_is_not_asked_for_them() {
    let bench = Bench::with_model(r#""window_maximum""#);
    let complaint = complaint(&bench.eval(&["--after", "60"]));
    assert!(complaint.contains("model.postcard") && complaint.contains("learns no voices"), "{complaint}");
}

/// The built-in corpus's voices are heard as voices among noise, music and knocks, and nothing else is.
#[test]
fn recordings_are_set_in_a_stream_and_found() {
    let bench = Bench::with_model(RUNNING);
    let stream = bench.scores(&["--stream"]);
    let count = |of: &Value, key: &str| of[key].as_u64().unwrap_or_else(|| panic!("{key} in {of}"));
    let [utterances, found, right, unsure] =
        ["utterances", "found", "right", "unsure"].map(|key| count(&stream, key));
    assert_eq!(utterances, count(&bench.scores(&[]), "clips"));
    assert!(found <= utterances && right + unsure <= found, "{stream}");
    let number = |key: &str| stream[key].as_f64().unwrap_or_else(|| panic!("{key} in {stream}"));
    // It is quiet for 0.6 s, or unlike speech for 1 s, before an utterance is over; then its last answer is worked out.
    assert!((0.5..4.0).contains(&number("latency_s")), "{stream}");
    assert!((0.0..=1.0).contains(&number("changes_share")) && number("false_per_hour") >= 0.0);
    let places = stream["by_place"].as_array().unwrap();
    assert_eq!(places.iter().map(|place| count(place, "found")).sum::<u64>(), found);
    let thresholds = stream["by_threshold"].as_array().unwrap();
    let announced: Vec<f64> = thresholds.iter().map(|entry| entry["announced"].as_f64().unwrap()).collect();
    assert!(announced.is_sorted_by(|a, b| a >= b) && announced[0] > 0.5, "{stream}");
    assert_eq!(stream["demonstration"], true);
    assert_eq!(bench.scores(&["--stream"]), stream);
}

/// Nobody has to say where decoded recordings are kept.
#[cfg(target_os = "linux")]
#[test]
fn what_is_decoded_is_kept_where_the_system_has_its_caches() {
    let bench = Bench::with_clips(2);
    let mut command = bench.command("eval");
    command.env_remove("HOST_TRAINER_CACHE").env("XDG_CACHE_HOME", bench.path("caches"));
    let output = command.arg("--data").arg(bench.path("corpus")).output().unwrap();
    assert!(output.status.success(), "{}", messages(&output));
    assert!(bench.path("caches/host-trainer").read_dir().unwrap().next().is_some());
}
