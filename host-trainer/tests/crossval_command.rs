//! `crossval` from outside: what it prints and writes, and how it goes on.

use std::path::Path;
use std::process::Output;

use host_trainer::files::Lock;
use serde_json::Value;
use support::{Bench, messages};
use walkdir::WalkDir;

mod support;

impl Bench {
    fn new() -> Self {
        let bench = Self::with_clips(70);
        bench.write_folds(r#"[["DC", "JE"], ["JK", "KL"]]"#);
        bench
    }

    fn write_folds(&self, folds: &str) {
        let text = format!(r#"{{"corpus": "built-in", "classes": "six", "folds": {folds}}}"#);
        std::fs::write(self.path("folds.json"), text).unwrap();
    }

    /// Two folds, one seed and one epoch, unless the options say otherwise.
    fn crossval(&self, options: &[&str]) -> Output {
        let mut command = self.command("crossval");
        command
            .arg("--json")
            .arg("--data")
            .arg(self.path("corpus/SAVEE"))
            .arg("--folds")
            .arg(self.path("folds.json"));
        for (option, value) in
            [("--out", self.path("out").to_str().unwrap()), ("--seeds", "1"), ("--epochs", "1")]
        {
            if !options.contains(&option) {
                command.args([option, value]);
            }
        }
        command.args(options).output().unwrap()
    }

    fn scores(&self, options: &[&str]) -> Value {
        let output = self.crossval(options);
        assert!(output.status.success(), "{}", messages(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The one line with which it fails.
    fn complaint(&self, options: &[&str]) -> String {
        let output = self.crossval(options);
        assert!(output.stdout.is_empty());
        support::complaint(&output)
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_fold_is_scored_on_its_speakers_whatever_the_jobs() {
    let bench = Bench::new();
    let scores = bench.scores(&["--seeds", "2", "--jobs", "3"]);
    assert_eq!(scores["preset"], "small");
    assert_eq!(scores["folds"][0]["speakers"], serde_json::json!(["DC", "JE"]));
    assert_eq!(scores["seeds"].as_array().unwrap().len(), 2);
    let clips: u64 = (0..2).map(|fold| scores["folds"][fold]["clips"].as_u64().unwrap()).sum();
    let pooled = |arithmetic: &str| scores["confusion"][arithmetic]["clips"].as_u64().unwrap();
    assert_eq!([pooled("float"), pooled("int8")], [2 * clips; 2]);

    let out = bench.path("out");
    let written: Value = serde_json::from_slice(&bytes(&out.join("crossval.json"))).unwrap();
    assert_eq!(written, scores);
    let page = String::from_utf8(bytes(&out.join("report.html"))).unwrap();
    for reference in ["http:", "https:", "src=", "url(", "@import", "<script", "<link"] {
        assert!(!page.contains(reference), "{reference}");
    }
    engine::Model::from_bytes(&bytes(&out.join("fold-2/seed-2/model.postcard"))).unwrap();

    let one_by_one = bench.path("one-by-one");
    assert_eq!(bench.scores(&["--seeds", "2", "--jobs", "1", "--out", one_by_one.to_str().unwrap()]), scores);
    let model = "fold-1/seed-2/model.postcard";
    assert!(bytes(&out.join(model)) == bytes(&one_by_one.join(model)));
}

#[test]
fn what_is_finished_is_kept_and_what_is_not_goes_on() {
    let bench = Bench::new();
    let whole = bench.scores(&[]);
    let out = bench.path("out");
    let finished = out.join("fold-1/seed-1/float.safetensors");
    let interrupted = out.join("fold-2/seed-1");
    std::fs::remove_file(&finished).unwrap();
    std::fs::remove_file(interrupted.join("metrics.json")).unwrap();
    std::fs::remove_file(interrupted.join("model.postcard")).unwrap();
    assert_eq!(bench.scores(&[]), whole);
    assert!(!finished.exists());
    assert!(interrupted.join("model.postcard").exists());

    let more = bench.scores(&["--seeds", "2"]);
    assert_eq!(more["seeds"][0], whole["seeds"][0]);
    assert_eq!(more["seeds"].as_array().unwrap().len(), 2);
}

#[test]
fn a_folder_with_other_trainings_is_refused() {
    let bench = Bench::new();
    let whole = bench.scores(&[]);
    for options in [["--epochs", "2"], ["--classes", "seven"], ["--preset", "seed"]] {
        let complaint = bench.complaint(&options);
        assert!(complaint.contains(&format!("with another {};", options[0])), "{complaint}");
        assert!(complaint.contains("choose another --out"), "{complaint}");
    }
    let silent = bench.path("corpus/SAVEE/DC");
    std::fs::remove_file(std::fs::read_dir(silent).unwrap().next().unwrap().unwrap().path()).unwrap();
    assert!(bench.complaint(&[]).contains("another --data"));
    bench.write_folds(r#"[["DC", "JK"], ["JE", "KL"]]"#);
    assert!(bench.complaint(&[]).contains("another --folds"));
    let written: Value = serde_json::from_slice(&bytes(&bench.path("out/crossval.json"))).unwrap();
    assert_eq!(written, whole);
}

#[test]
fn folds_that_can_t_be_used_are_explained() {
    let bench = Bench::new();
    let complaint = |folds| {
        bench.write_folds(folds);
        bench.complaint(&[])
    };
    let unknown = complaint(r#"[["DC"], ["JE", "XY"]]"#);
    assert!(unknown.contains("folds.json") && unknown.contains("fold 2"), "{unknown}");
    assert!(unknown.contains("built-in speaker XY; there are those of DC, JE, JK, KL"), "{unknown}");
    assert!(complaint(r#"[["DC"], []]"#).contains("fold 2 has no speakers"));
    assert!(complaint(r#"[["DC"], ["DC"]]"#).contains("speaker DC is in fold 1 and again in fold 2"));
    std::fs::remove_file(bench.path("folds.json")).unwrap();
    assert!(bench.complaint(&[]).contains("folds.json"));
}

#[test]
fn what_is_damaged_is_named() {
    let bench = Bench::new();
    bench.scores(&[]);
    let metrics = bench.path("out/fold-2/seed-1/metrics.json");
    std::fs::write(&metrics, b"{").unwrap();
    let complaint = bench.complaint(&[]);
    assert!(complaint.contains("fold-2") && complaint.contains("delete it"), "{complaint}");

    std::fs::remove_file(&metrics).unwrap();
    std::fs::write(bench.path("out/fold-2/seed-1/checkpoint.postcard"), b"training").unwrap();
    let complaint = bench.complaint(&[]);
    assert!(complaint.contains("fold 2, seed 1") && complaint.contains("checkpoint.postcard"), "{complaint}");

    let _lock = Lock::take(&bench.path("out")).unwrap();
    assert!(bench.complaint(&[]).contains("another run is writing to"));
}

#[test]
fn parts_that_were_trained_one_by_one_are_gathered() {
    let bench = Bench::new();
    let whole = bench.scores(&[]);
    let apart = bench.path("apart");
    let apart = ["--out", apart.to_str().unwrap()];
    for (part, fold) in [("2/1", 1), ("1/1", 0)] {
        let trained = bench.scores(&[&apart[..], &["--only", part]].concat());
        assert_eq!((&trained["fold"], &trained["seed"]), (&(fold + 1).into(), &1.into()));
        assert_eq!(trained["scores"], whole["folds"][fold]["seeds"][0]);
        assert!(!Path::new(apart[1]).join("crossval.json").exists());
    }
    let model = bytes(&Path::new(apart[1]).join("fold-2/seed-1/model.postcard"));
    assert_eq!(bench.scores(&apart), whole);
    assert!(bytes(&bench.path("out/fold-2/seed-1/model.postcard")) == model);

    let none = bench.complaint(&[&apart[..], &["--only", "3/1"]].concat());
    assert!(none.contains("there are 2 folds, none is fold 3"), "{none}");
    let none = bench.complaint(&[&apart[..], &["--only", "1/2"]].concat());
    assert!(none.contains("none is 2; raise --seeds to 2"), "{none}");
    let _lock = Lock::take(&Path::new(apart[1]).join("fold-1/seed-2")).unwrap();
    let taken = bench.complaint(&[&apart[..], &["--only", "1/2", "--seeds", "2"]].concat());
    assert!(taken.contains("another run is writing to"), "{taken}");
}

#[test]
fn two_recipes_are_compared_with_and_without_classes_that_a_corpus_lacks() {
    let bench = Bench::new();
    bench.scores(&[]);
    let [old, new] = ["out", "new"].map(|name| bench.path(name).to_str().unwrap().to_owned());
    let scores = bench.scores(&["--out", &new, "--against", &old]);
    // The same recipe and seed: nothing differs.
    for gain in [&scores["difference"], &scores["difference"]["among_its_classes"]] {
        assert_eq!((gain["ua"].as_f64(), gain["loss"].as_f64()), (Some(0.0), Some(0.0)));
    }
    let report = std::fs::read_to_string(bench.path("new/report.html")).unwrap();
    for classes in ["all classes", "among the classes that each corpus has"] {
        assert!(report.contains(&format!(">{classes}</th><td>0.0 %")), "{classes}");
    }
}

#[test]
fn folds_are_made_from_the_recordings() {
    let bench = Bench::with_clips(70);
    let crossval = |options: &[&str]| {
        let mut command = bench.command("crossval");
        command
            .arg("--json")
            .arg("--data")
            .arg(bench.path("corpus/SAVEE"))
            .args(["--epochs", "1", "--seeds", "1"]);
        command.args(options).arg("--out").arg(bench.path(&options.join(""))).output().unwrap()
    };
    let scores = |options: &[&str]| -> Value {
        let output = crossval(options);
        assert!(output.status.success(), "{}", messages(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let [whole, inner] = [scores(&["--by", "speaker"]), scores(&["--by", "speaker", "--inner"])];
    assert_eq!((&whole["protocol"], &whole["inner"]), (&"speaker".into(), &false.into()));
    assert_eq!((&inner["protocol"], &inner["inner"]), (&"speaker".into(), &true.into()));
    let folds = |scores: &Value| -> Vec<(Value, Value)> {
        let folds = scores["folds"].as_array().unwrap().iter();
        folds.map(|fold| (fold["name"].clone(), fold["speakers"].clone())).collect()
    };
    let (whole, inner) = (folds(&whole), folds(&inner));
    assert_eq!(whole.len(), 4);
    for (number, fold) in inner.iter().enumerate() {
        assert_eq!(*fold, (whole[number].0.clone(), whole[(number + 1) % 4].1.clone()));
    }
    let complaint = support::complaint(&crossval(&["--by", "corpus"]));
    assert!(complaint.contains("at least two; add some with another --data"), "{complaint}");
}

/// The lists of a dry run are those that a training then leaves, and where a teacher's answers are looked for.
#[test]
fn a_teacher_answers_for_the_training_clips_of_each_fold() {
    let bench = Bench::new();
    let teacher = bench.path("teacher");
    let output = bench.crossval(&["--out", teacher.to_str().unwrap(), "--dry-run"]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", messages(&output));
    let list = |fold: usize, part: &str| {
        String::from_utf8(bytes(&teacher.join(format!("fold-{fold}/{part}.csv")))).unwrap()
    };
    let recordings = |list: &str| list.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(recordings(&list(1, "train")), recordings(&list(2, "test")));

    // The teacher is sure of a wrong label, which the network then learns.
    let answers = |list: &str| {
        let answer = |line: &String| format!("{},0,0,0,0,0,9\n", line.split(',').next().unwrap());
        let header = "path,float happy,float sad,float angry,float fearful,float disgust,float surprised\n";
        header.to_owned() + &recordings(list).iter().map(answer).collect::<String>()
    };
    for fold in [1, 2] {
        let path = teacher.join(format!("fold-{fold}/teacher.csv"));
        std::fs::write(path, answers(&list(fold, "train"))).unwrap();
    }
    let taught = ["--teacher-logits", teacher.to_str().unwrap(), "--epochs", "4"];
    let loss = |scores: Value| scores["together"]["loss"].as_f64().unwrap();
    let untaught = bench.path("untaught");
    let untaught = bench.scores(&["--out", untaught.to_str().unwrap(), "--epochs", "4"]);
    assert!((loss(bench.scores(&taught)) - loss(untaught)).abs() > 1e-5);
    let complaint = bench.complaint(&["--epochs", "4"]);
    assert!(complaint.contains("--teacher-logits"), "{complaint}");

    std::fs::write(teacher.join("fold-2/teacher.csv"), answers(&list(2, "test"))).unwrap();
    let complaint = bench.complaint(&taught);
    assert!(complaint.contains("fold 2") && complaint.contains("test recordings"), "{complaint}");

    std::fs::remove_file(teacher.join("fold-2/teacher.csv")).unwrap();
    let told = messages(&bench.crossval(&taught));
    assert!(told.lines().count() == 1 && told.contains("fold-2/teacher.csv: No such file"), "{told}");
}

/// A copy of a labelled recording is none without a label: it may be tested.
#[test]
fn speech_without_labels_is_learnt_from_as_far_as_a_teacher_answers() {
    let bench = Bench::new();
    let [teacher, speech] = ["teacher", "speech"].map(|name| bench.path(name).to_str().unwrap().to_owned());
    assert!(bench.crossval(&["--out", &teacher, "--dry-run"]).status.success());
    let recordings = |corpus: &str| {
        let files = WalkDir::new(bench.path("corpus").join(corpus)).sort_by_file_name().into_iter();
        files.map(|file| file.unwrap().into_path()).filter(|path| path.is_file()).collect::<Vec<_>>()
    };
    let others = recordings("CREMA-D");
    std::fs::create_dir(&speech).unwrap();
    for (number, file) in others.iter().chain(recordings("SAVEE").first()).enumerate() {
        std::fs::copy(file, format!("{speech}/{number}.wav")).unwrap();
    }
    for fold in [1, 2] {
        let file = |name: &str| bench.path(&format!("teacher/fold-{fold}/{name}.csv"));
        let list = String::from_utf8(bytes(&file("train"))).unwrap();
        let labelled = list.lines().nth(1).unwrap().split(',').next().unwrap();
        let mut answers =
            "path,float happy,float sad,float angry,float fearful,float disgust,float surprised".to_owned();
        for path in [labelled, &format!("{speech}/0.wav"), &format!("{speech}/1.wav")] {
            answers += &format!("\n{path},0,0,0,0,0,9");
        }
        std::fs::write(file("teacher"), answers).unwrap();
    }

    let taught = bench.crossval(&["--teacher-logits", &teacher, "--unlabelled", &speech, "--only", "1/1"]);
    let said = messages(&taught);
    assert!(taught.status.success(), "{said}");
    let counted = format!("the teacher answers for 2 of {} recordings without labels", others.len());
    assert!(said.contains(&counted) && said.contains("left out, repeated: 1 file"), "{said}");
    let alone = bench.crossval(&["--unlabelled", &speech]);
    assert_eq!(alone.status.code(), Some(2));
    assert!(messages(&alone).contains("--teacher-logits"), "{}", messages(&alone));
}

#[test]
fn a_model_to_ship_takes_its_temperature_from_people_who_were_not_heard() {
    let bench = Bench::new();
    bench.scores(&[]);
    let out = bench.path("out");
    let train = |folder: &str, options: &[&str]| {
        let mut train = bench.command("train");
        train.arg("--data").arg(bench.path("corpus/SAVEE")).arg("--out").arg(bench.path(folder));
        train.args(["--classes", "six", "--epochs", "1", "--test-speakers", "KL"]).args(options);
        let output = train.output().unwrap();
        assert!(output.status.success(), "{}", messages(&output));
        let model: Value = serde_json::from_slice(&bytes(&bench.path(folder).join("float.json"))).unwrap();
        (model["temperature"].as_f64().unwrap(), messages(&output))
    };
    let (plain, _) = train("plain", &[]);
    let (taken, said) = train("taken", &["--temperature-from", out.to_str().unwrap()]);
    let factor = said.split("the temperature is ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!((taken / plain / factor.parse::<f64>().unwrap() - 1.0).abs() < 1e-3, "{plain} {taken} {factor}");
}

/// The models of a cross-validation have each answered people whom it had not heard: together they teach.
#[test]
fn a_cross_validation_teaches_one_that_learns_from_its_people() {
    let bench = Bench::new();
    bench.write_folds(r#"[["DC", "JE"], ["JK"]]"#);
    bench.scores(&[]);
    let train = |folder: &str, teacher: &str| {
        let mut train = bench.command("train");
        train.arg("--data").arg(bench.path("corpus/SAVEE")).arg("--out").arg(bench.path(folder));
        train.args(["--classes", "six", "--epochs", "4", "--test-speakers", "KL"]);
        train.arg("--teacher-logits").arg(bench.path(teacher)).output().unwrap()
    };
    let output = train("taught", "out");
    let taught = messages(&output);
    assert!(output.status.success(), "{taught}");
    let all = |said: &str| {
        let (answered, rest) = said.split_once("the teacher answers for ")?.1.split_once(" of ")?;
        Some(answered == rest.split_once(" training clips")?.0)
    };
    assert_eq!(all(&taught), Some(true), "{taught}");
    let taught = messages(&train("by-one-training", "out/fold-1/seed-1"));
    assert_eq!(all(&taught), Some(false), "{taught}");

    bench.write_folds(r#"[["DC", "JE"], ["JK", "KL"]]"#);
    bench.scores(&["--out", bench.path("of-all").to_str().unwrap()]);
    let told = support::complaint(&train("of-all-taught", "of-all"));
    assert!(told.contains("of the test recordings too"), "{told}");
    let told = support::complaint(&train("of-nobody", "corpus"));
    assert!(told.contains("corpus has no finished trainings of a cross-validation"), "{told}");
}
