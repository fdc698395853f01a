//! `train` from outside: what it writes, and what survives when something goes wrong.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use host_trainer::files::Lock;
use serde_json::Value;
use support::{Bench, messages};

mod support;

const CLIPS: usize = 48;

impl Bench {
    fn new() -> Self {
        Self::with_clips(CLIPS)
    }

    /// `train` on the corpus for three epochs.
    fn train(&self, out: &str, options: &[&str]) -> Command {
        let mut command = self.command("train");
        command.arg("--data").arg(self.path("corpus")).arg("--out").arg(self.path(out));
        if !options.contains(&"--test-speakers") {
            command.args(["--split", "random"]);
        }
        if !options.contains(&"--epochs") {
            command.args(["--epochs", "3"]);
        }
        command.args(options).stderr(Stdio::piped());
        command
    }

    fn trained(&self, out: &str, options: &[&str]) -> String {
        let output = self.train(out, options).output().unwrap();
        let messages = messages(&output);
        assert!(output.status.success(), "{messages}");
        messages
    }

    fn killed_after(&self, epochs: usize, out: &str, options: &[&str]) {
        let mut run = self.train(out, options).spawn().unwrap();
        let reports = BufReader::new(run.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(reports.filter(|line| line.starts_with("epoch ")).nth(epochs - 1).is_some());
        run.kill().unwrap();
        assert!(!run.wait().unwrap().success());
    }

    /// The files of a folder, but for its lock.
    fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = std::fs::read_dir(self.path(folder)).unwrap().map(|entry| entry.unwrap().path());
        let files = files.filter(|path| path.is_file() && !path.ends_with(".lock"));
        files.map(|path| (path.file_name().unwrap().into(), bytes(&path))).collect()
    }

    /// The one line with which `train` fails.
    fn complaint(&self, out: &str, options: &[&str]) -> String {
        support::complaint(&self.train(out, options).output().unwrap())
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_run_leaves_model_metrics_and_report_and_skips_what_is_broken() {
    let bench = Bench::new();
    let broken = bench.path("corpus/RAVDESS/Actor_01/03-01-05-01-01-01-01.wav");
    std::fs::create_dir_all(broken.parent().unwrap()).unwrap();
    std::fs::write(&broken, b"RIFF").unwrap();

    let messages = bench.trained("out", &[]);
    assert!(messages.contains("03-01-05-01-01-01-01.wav"), "{messages}");
    assert!(messages.contains("spoken by no one"), "{messages}");
    engine::Model::from_bytes(&bytes(&bench.path("out/model.postcard"))).unwrap();
    let metrics: Value = serde_json::from_slice(&bytes(&bench.path("out/metrics.json"))).unwrap();
    assert_eq!(metrics["preset"], "small");
    assert_eq!(metrics["classes"], "seven");
    assert_eq!(metrics["split"], "random");
    assert_eq!(metrics["seed"], 1);
    for arithmetic in ["float", "int8"] {
        for share in ["wa", "ua"] {
            let share = metrics["test"][arithmetic][share].as_f64().unwrap();
            assert!((0.0..=1.0).contains(&share));
        }
    }
    assert!(String::from_utf8(bytes(&bench.path("out/report.html"))).unwrap().contains("<svg"));
}

#[test]
fn a_killed_run_resumes_to_the_same_model() {
    let bench = Bench::new();
    bench.trained("whole", &[]);
    for epochs in 1..=2 {
        let out = format!("killed{epochs}");
        bench.killed_after(epochs, &out, &[]);
        bench.trained(&out, &["--resume"]);
        for file in ["float.safetensors", "model.postcard", "metrics.json"] {
            assert!(bytes(&bench.path("whole").join(file)) == bytes(&bench.path(&out).join(file)), "{file}");
        }
    }
}

/// The first run has speakers to validate, the second has none, so that a list of the first would be left over.
#[test]
fn a_run_shows_nothing_before_it_is_finished_and_nothing_of_an_earlier_one_then() {
    let bench = Bench::new();
    bench.trained("out", &["--epochs", "1"]);
    let earlier = bench.files("out");
    let second = ["--epochs", "2", "--test-speakers", "DC,JE,01"];
    bench.killed_after(1, "out", &second);
    assert!(bench.files("out") == earlier);
    bench.trained("out", &[&second[..], &["--resume"]].concat());
    let mut whole = bench.files("out");
    assert!(
        !whole.contains_key(Path::new("validation.csv")) && earlier.contains_key(Path::new("validation.csv"))
    );
    bench.trained("fresh", &second);
    let mut fresh = bench.files("fresh");
    // Command lines differ.
    for files in [&mut whole, &mut fresh] {
        files.remove(Path::new("run.json")).unwrap();
    }
    assert_eq!(whole.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
    assert!(whole == fresh);
    bench.trained("out", &[&second[..], &["--resume"]].concat());
    assert!(bench.files("out").into_iter().filter(|(name, _)| *name != Path::new("run.json")).eq(whole));
}

#[test]
fn a_folder_of_other_work_is_refused() {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("other")).unwrap();
    std::fs::write(bench.path("other/settings.json"), "{}").unwrap();
    assert!(
        bench.complaint("other", &[]).contains("has a cross-validation or a tuning; choose another --out")
    );
    bench.trained("out", &["--epochs", "1"]);
    assert!(bench.complaint("out", &["--dry-run"]).contains("choose another --out for a --dry-run"));
    let mut crossval = bench.command("crossval");
    crossval
        .args(["--by", "speaker"])
        .arg("--data")
        .arg(bench.path("corpus"))
        .arg("--out")
        .arg(bench.path("out"));
    let complaint = support::complaint(&crossval.output().unwrap());
    assert!(complaint.contains("out has a training; choose another --out"), "{complaint}");
}

#[test]
fn what_can_t_be_resumed_is_explained() {
    let bench = Bench::new();
    assert!(bench.complaint("none", &["--resume"]).contains("checkpoint.postcard"));

    bench.trained("out", &["--epochs", "1"]);
    assert!(bench.complaint("out", &["--resume", "--epochs", "2"]).contains("--epochs"));
    assert!(bench.complaint("out", &["--resume", "--epochs", "1", "--seed", "2"]).contains("--seed"));

    let checkpoint = bench.path("out/checkpoint.postcard");
    let whole = bytes(&checkpoint);
    std::fs::write(&checkpoint, &whole[..whole.len() / 2]).unwrap();
    let complaint = bench.complaint("out", &["--resume", "--epochs", "1"]);
    assert!(complaint.contains("checkpoint.postcard") && complaint.contains("cut short"), "{complaint}");
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let bench = Bench::new();
    let _lock = Lock::take(&bench.path("out")).unwrap();
    assert!(bench.complaint("out", &[]).contains("another run is writing to"));
}

#[test]
fn an_output_that_can_t_be_written_is_named_before_any_work() {
    let bench = Bench::new();
    std::fs::write(bench.path("file"), b"not a folder").unwrap();
    let complaint = bench.complaint("file/out", &[]);
    assert!(complaint.starts_with("error: cannot write") && complaint.contains("file/out"), "{complaint}");
}
