//! `tune` from outside: what it writes, what it leaves alone, and how it goes on.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use quick_preset::quick_preset;
use serde_json::Value;
use support::{Bench, messages};

mod quick_preset;
mod support;

impl Bench {
    fn new() -> Self {
        let bench = Self::with_clips(70);
        let folds = r#"{"corpus": "built-in", "classes": "six", "folds": [["DC"], ["JE", "JK"]]}"#;
        std::fs::write(bench.path("folds.json"), folds).unwrap();
        std::fs::write(bench.path("quick.json"), quick_preset([])).unwrap();
        bench
    }

    /// A command on one of the corpora.
    fn on_savee(&self, name: &str) -> Command {
        let mut command = self.command(name);
        command.arg("--data").arg(self.path("corpus/SAVEE"));
        command
    }

    /// `tune` for two seconds without the speakers of the first fold, unless the options say otherwise.
    fn tune(&self, out: &str, options: &[&str]) -> Command {
        let mut command = self.on_savee("tune");
        command.arg("--out").arg(self.path(out)).arg("--folds").arg(self.path("folds.json"));
        for (option, value) in
            [("--preset", self.path("quick.json").to_str().unwrap()), ("--fold", "1"), ("--budget", "0.03")]
        {
            if !options.contains(&option) {
                command.args([option, value]);
            }
        }
        command.args(options);
        command
    }

    /// What it prints.
    fn tuned(&self, out: &str, options: &[&str]) -> String {
        let output = self.tune(out, options).output().unwrap();
        assert!(output.status.success(), "{}", messages(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one line with which it fails.
    fn complaint(&self, out: &str, options: &[&str]) -> String {
        support::complaint(&self.tune(out, options).output().unwrap())
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&std::fs::read(self.path(name)).unwrap()).unwrap()
    }

    /// Scores by trial and rung.
    fn scores(&self, out: &str) -> BTreeMap<(u64, usize), Value> {
        let trials = self.json(&format!("{out}/trials.json"))["trials"].clone();
        let of_trial = |trial: &Value| {
            let number = trial["trial"].as_u64().unwrap();
            let scores = trial["scores"].as_array().unwrap().clone();
            scores.into_iter().enumerate().map(move |(rung, score)| ((number, rung), score))
        };
        trials.as_array().unwrap().iter().flat_map(of_trial).collect()
    }
}

fn speakers(part: &Value) -> Vec<&str> {
    part["speakers"].as_array().unwrap().iter().map(|speaker| speaker.as_str().unwrap()).collect()
}

#[test]
fn the_best_preset_trains_and_test_speakers_are_not_heard() {
    let bench = Bench::new();
    let printed = bench.tuned("out", &[]);
    assert!(printed.contains("| trial | epochs |"), "{printed}");
    let trials = bench.json("out/trials.json");
    assert_eq!((&trials["preset"], &trials["classes"]), (&"quick".into(), &"six".into()));
    assert_eq!(trials["rungs"], serde_json::json!([1, 3]));
    let mut heard = [speakers(&trials["train"]), speakers(&trials["validation"])].concat();
    heard.sort_unstable();
    assert_eq!(heard, ["JE", "JK", "KL"]);
    assert!(std::fs::read_to_string(bench.path("out/report.html")).unwrap().contains("Tuning of"));
    assert_eq!(bench.json("out/preset.json"), trials["trials"][0]["preset"]);

    let mut train = bench.on_savee("train");
    train.args(["--split", "random", "--epochs", "1", "--classes", "six"]);
    train.arg("--preset").arg(bench.path("out/preset.json")).arg("--out").arg(bench.path("trained"));
    let output = train.output().unwrap();
    assert!(output.status.success(), "{}", messages(&output));
    assert_eq!(bench.json("trained/metrics.json")["preset"], trials["trials"][0]["preset"]["name"]);
}

#[test]
fn a_killed_search_goes_on_to_the_same_trials() {
    let bench = Bench::new();
    bench.tuned("whole", &["--jobs", "1"]);
    let mut run =
        bench.tune("killed", &["--jobs", "2"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut reports = BufReader::new(run.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(reports.any(|line| line.contains(": UA ")));
    run.kill().unwrap();
    run.wait().unwrap();
    let before = bench.scores("killed");
    bench.tuned("killed", &["--jobs", "2"]);
    let (whole, after) = (bench.scores("whole"), bench.scores("killed"));
    assert!(!before.is_empty() && before.iter().all(|(place, score)| after[place] == *score));
    let common: Vec<_> = whole.keys().filter(|place| after.contains_key(place)).collect();
    assert!(!common.is_empty() && common.iter().all(|place| whole[place] == after[place]));
}

#[test]
fn a_trial_goes_on_from_its_checkpoint() {
    let bench = Bench::new();
    let folder = bench.path("out/trainings/trial-0-epochs-1");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("checkpoint.postcard"), b"training").unwrap();
    let complaint = bench.complaint("out", &["--jobs", "1"]);
    assert!(complaint.contains("trial 0") && complaint.contains("checkpoint.postcard"), "{complaint}");
}

#[test]
fn a_folder_with_another_search_is_refused() {
    let bench = Bench::new();
    let nothing = bench.complaint("out", &["--budget", "0"]);
    assert!(nothing.contains("larger --budget"), "{nothing}");
    for (options, expected) in [
        (["--seed", "2"], "a tuning with another --seed"),
        (["--fold", "2"], "a tuning with another --folds or --fold"),
        (["--preset", "tiny"], "a tuning with another --preset"),
        (["--epochs", "9"], "a tuning with another --epochs"),
    ] {
        let complaint = bench.complaint("out", &options);
        assert!(complaint.contains(expected), "{complaint}");
    }
    std::fs::write(bench.path("out/settings.json"), r#"{"preset": "quick"}"#).unwrap();
    assert!(bench.complaint("out", &[]).contains("not of a tuning"));
}

#[test]
fn options_that_can_t_be_used_are_explained() {
    let bench = Bench::new();
    let complaint = bench.complaint("out", &["--fold", "3"]);
    assert!(complaint.contains("folds.json has 2 folds, none is fold 3"), "{complaint}");
    for (option, value, expected) in [
        ("--budget", "nan", "no number of minutes from 0 on"),
        ("--budget", "-1", "no number of minutes from 0 on"),
        ("--jobs", "0", "no whole number from 1 on"),
        ("--fold", "0", "no whole number from 1 on"),
    ] {
        let refused = bench.tune("out", &[option, value]).output().unwrap();
        assert_eq!(refused.status.code(), Some(2));
        assert!(messages(&refused).contains(expected), "{}", messages(&refused));
    }
    assert!(bench.complaint("out", &["--preset", "quick.jso"]).contains("quick.jso"));
    let alone = bench.on_savee("tune").args(["--fold", "1"]).output().unwrap();
    assert_eq!(alone.status.code(), Some(2));
}
