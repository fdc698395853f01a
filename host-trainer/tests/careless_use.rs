//! What users do by mistake, or find on their disks: nothing is lost, and what is meant is said.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use hound::{SampleFormat, WavSpec, WavWriter};
use serde_json::Value;
use support::{Bench, complaint, messages};

const STEREO: WavSpec =
    WavSpec { channels: 2, sample_rate: 22_050, bits_per_sample: 32, sample_format: SampleFormat::Float };

/// Two seconds of a tone on two channels, each so many times full scale.
fn stereo(path: &Path, left: f32, right: f32) -> PathBuf {
    let mut writer = WavWriter::create(path, STEREO).unwrap();
    for n in 0..44_100_u16 {
        let value = (f32::from(n) * 0.1).sin();
        writer.write_sample(left * value).unwrap();
        writer.write_sample(right * value).unwrap();
    }
    writer.finalize().unwrap();
    path.to_owned()
}

fn run(bench: &Bench, arguments: &[&str], path: &Path) -> Output {
    bench.command(arguments[0]).args(&arguments[1..]).arg(path).output().unwrap()
}

/// A list, a teacher's answers, labels and a preset by names that a training's results have.
#[test]
fn what_a_training_reads_does_not_lie_among_its_results() {
    let bench = Bench::with_clips(2);
    let out = bench.path("mine");
    fs::create_dir(&out).unwrap();
    for (option, name) in [
        ("--data", "train.csv"),
        ("--data", "."),
        ("--teacher-logits", "clips.csv"),
        ("--labels", "run.json"),
        ("--preset", "preset.json"),
    ] {
        let path = out.join(name);
        let is_file = name != ".";
        if is_file {
            fs::write(&path, "my own").unwrap();
        }
        let mut command = bench.command("train");
        command.arg("--data").arg(bench.path("corpus")).arg("--out").arg(&out).arg(option).arg(&path);
        let output = command.output().unwrap();
        assert!(complaint(&output).contains("choose another --out"), "{option}: {}", messages(&output));
        assert!(!is_file || fs::read(&path).unwrap() == b"my own", "{option}");
    }
}

/// What is in a folder and the folders in it, with the contents of files.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
    files
        .map(|file| file.unwrap().into_path())
        .map(|path| (path.clone(), fs::read(path).unwrap_or_default()))
        .collect()
}

#[test]
fn a_run_that_is_refused_leaves_everything_as_it_was() {
    let bench = Bench::with_clips(12);
    fs::create_dir(bench.path("mine")).unwrap();
    for name in ["preset.json", "report.html"] {
        fs::write(bench.path("mine").join(name), "my own").unwrap();
    }
    fs::create_dir(bench.path("results")).unwrap();
    let before = contents(&bench.path("results"));
    let [data, missing] = ["corpus", "missing"].map(|name| bench.path(name).to_str().unwrap().to_owned());
    let refused = |arguments: &[&str], out: &str, expected: &str| {
        let output = run(&bench, &[arguments, &["--out"]].concat(), &bench.path(out));
        assert!(complaint(&output).contains(expected), "{arguments:?}: {}", messages(&output));
    };
    for arguments in [
        &["train", "--data", &missing][..],
        &["train", "--data", &data, "--resume"],
        &["train", "--resume"],
        &["train", "--data", &data, "--init", "small", "--preset", "tiny"],
        &["train", "--data", &data, "--test-speakers", "Nobody"],
        &["train", "--data", &data, "--noise", &missing],
        &["crossval", "--by", "speaker", "--data", &missing],
        &["crossval", "--by", "speaker", "--data", &data, "--only", "9/1"],
        &["crossval", "--by", "speaker", "--data", &data, "--against", &missing],
        &["tune", "--data", &missing],
    ] {
        refused(arguments, "new/folder", "");
        assert!(!bench.path("new").exists(), "{arguments:?}");
        refused(arguments, "results", "");
        assert_eq!(contents(&bench.path("results")), before, "{arguments:?}");
    }
    let before = contents(&bench.path("mine"));
    refused(&["train", "--data", &data], "mine", "preset.json is there, and no training wrote it");
    refused(&["train", "--data", &data, "--dry-run"], "mine", "preset.json is there");
    refused(&["tune", "--data", &data], "mine", "preset.json is there, and no tuning wrote it");
    let crossval = ["crossval", "--by", "speaker", "--data", &data];
    refused(&crossval, "mine", "report.html is there, and no cross-validation wrote it");
    assert_eq!(contents(&bench.path("mine")), before);
    refused(&crossval, "corpus", "is where the results are to be written");
    refused(&["tune", "--data", &data], "corpus", "is where the results are to be written");
    fs::create_dir_all(bench.path("folds/fold-1")).unwrap();
    fs::write(bench.path("folds/fold-1/train.csv"), "mine").unwrap();
    for more in [&[][..], &["--dry-run"], &["--only", "1/1"]] {
        refused(&[&crossval, more].concat(), "folds", "fold-1 is there, and no cross-validation wrote it");
    }
    assert_eq!(fs::read(bench.path("folds/fold-1/train.csv")).unwrap(), b"mine");
}

#[test]
fn a_model_is_not_written_over_and_pictures_have_a_file_each() {
    let bench = Bench::with_clips(1);
    let recording = stereo(&bench.path("mine.wav"), 0.1, 0.1);
    let model = bench.path("mine.postcard");
    fs::write(&model, host_trainer::SHIPPED_MODEL).unwrap();
    let picture = bench.path("picture");
    for (html, svg, expected) in
        [(&model, &picture, "mine.postcard would be written over"), (&picture, &picture, "one file")]
    {
        let mut command = bench.command("predict");
        command.arg(&recording).arg("--model").arg(&model).arg("--html").arg(html).arg("--svg").arg(svg);
        let output = command.output().unwrap();
        assert!(complaint(&output).contains(expected), "{}", messages(&output));
        assert_eq!(fs::read(&model).unwrap(), host_trainer::SHIPPED_MODEL);
    }
}

#[test]
fn an_input_is_not_written_over() {
    let bench = Bench::with_clips(1);
    let recording = stereo(&bench.path("mine.wav"), 0.1, 0.1);
    let before = fs::read(&recording).unwrap();
    let folder = bench.path("here");
    fs::create_dir(&folder).unwrap();
    let same = folder.join("../mine.wav");
    for arguments in [["features", "--out"], ["predict", "--html"], ["predict", "--svg"]] {
        let mut command = bench.command(arguments[0]);
        let output = command.arg(&recording).arg(arguments[1]).arg(&same).output().unwrap();
        assert!(complaint(&output).contains("mine.wav would be written over"), "{}", messages(&output));
        assert_eq!(fs::read(&recording).unwrap(), before);
    }
    let model = bench.path("own.postcard");
    fs::write(&model, host_trainer::SHIPPED_MODEL).unwrap();
    let mut command = bench.command("features");
    let output =
        command.arg(&recording).arg("--out").arg(&model).arg("--model").arg(&model).output().unwrap();
    assert!(complaint(&output).contains("own.postcard would be written over"), "{}", messages(&output));
    assert!(fs::read(&model).unwrap() == host_trainer::SHIPPED_MODEL);
}

#[test]
fn a_float_model_leads_to_its_blob() {
    let bench = Bench::with_clips(1);
    let recording = stereo(&bench.path("mine.wav"), 0.1, 0.1);
    for (float, blob) in [("run/float.safetensors", "run/model.postcard"), ("small.json", "small.postcard")] {
        let [float, blob] = [float, blob].map(|name| bench.path(name));
        fs::create_dir_all(float.parent().unwrap()).unwrap();
        for part in ["json", "safetensors"] {
            fs::write(float.with_extension(part), b"{}").unwrap();
        }
        fs::write(&blob, b"").unwrap();
        let output = bench.command("predict").arg("--model").arg(&float).arg(&recording).output().unwrap();
        let message = complaint(&output);
        assert!(
            message.contains("is a float model") && message.ends_with(blob.to_str().unwrap()),
            "{message}"
        );
    }
}

#[test]
fn a_file_of_another_kind_is_told_from_a_broken_one() {
    let bench = Bench::with_clips(1);
    let file = |name: &str, contents: &[u8]| {
        let path = bench.path(name);
        fs::write(&path, contents).unwrap();
        path
    };
    let [note, cut] = [
        file("note.txt", b"hello, this is no model"),
        file("cut.postcard", &host_trainer::SHIPPED_MODEL[..1000]),
    ];
    let refused = |arguments: &[&str], path: &Path| {
        let output = run(&bench, arguments, path);
        let message = complaint(&output);
        assert_eq!(messages(&output).lines().count(), 1, "{message}");
        message
    };
    for command in [&["inspect"][..], &["eval", "--data", ".", "--model"], &["run", "a.npy", "--model"]] {
        assert!(refused(command, &note).contains("note.txt is not a model blob"));
        assert!(refused(command, &cut).contains("cut.postcard: the model is cut short"));
    }
    let data = bench.path("corpus");
    let init = ["train", "--data", data.to_str().unwrap(), "--init"];
    assert!(refused(&init, &cut).contains("the float.safetensors of a training: it is an int8 model"));
    assert!(refused(&init, &note).contains("note.json can't be read"));
    assert!(
        refused(&["synth", "--out"], &note).ends_with("note.txt is a file; name a new folder for the corpus")
    );

    let import = [env!("CARGO_MANIFEST_DIR"), "tests", "data", "import", "over_time.tflite"]
        .iter()
        .collect::<PathBuf>();
    let network = bench.path("network.postcard");
    assert!(run(&bench, &["import", "--out", network.to_str().unwrap()], &import).status.success());
    let message = refused(&["run", "--model", network.to_str().unwrap()], &note);
    assert_eq!(message.matches("magic").count(), 1, "{message}");
}

#[test]
fn what_can_hardly_be_heard_is_told() {
    let bench = Bench::with_clips(1);
    let [fine, antiphase, loud] = [(0.1, 0.2), (0.5, -0.5), (1.5, 1.5)]
        .map(|(left, right)| stereo(&bench.path(&format!("{left} {right}.wav")), left, right));
    for options in [&["predict"][..], &["predict", "--every", "0.5"]] {
        assert_eq!(messages(&run(&bench, options, &fine)), "");
        let cancelled = messages(&run(&bench, options, &antiphase));
        assert!(cancelled.contains("0.5 -0.5.wav: it is silent, or its channels cancel"), "{cancelled}");
        // A sine of 1.5 is beyond 1 for 2 acos(2/3) / pi = 53.5 % of the time.
        let clipped = messages(&run(&bench, options, &loud));
        assert!(clipped.contains("1.5 1.5.wav: 54 % of its samples are at full scale"), "{clipped}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_is_answered() {
    use std::os::unix::ffi::OsStrExt;
    let bench = Bench::with_clips(1);
    let path = bench.path(".").join(std::ffi::OsStr::from_bytes(b"\xe4.wav"));
    stereo(&path, 0.1, 0.1);
    for options in [&[][..], &["--every", "1"]] {
        let printed = |format: &str| {
            let output = run(&bench, &[&["predict", format], options].concat(), &path);
            assert!(output.status.success(), "{}", messages(&output));
            String::from_utf8(output.stdout).unwrap()
        };
        let answer: Value = serde_json::from_str(printed("--json").lines().next().unwrap()).unwrap();
        assert!(answer["file"].as_str().unwrap().ends_with("\u{fffd}.wav"), "{answer}");
        assert!(printed("--csv").lines().nth(1).unwrap().contains("\u{fffd}.wav,"));
    }
}

#[test]
fn a_folder_of_speech_without_labels_is_named() {
    let bench = Bench::with_clips(12);
    let teacher = bench.path("teacher.csv");
    fs::write(&teacher, "path,label,logit\n1.wav,sad,1\n").unwrap();
    fs::create_dir(bench.path("empty")).unwrap();
    for (folder, expected) in [
        ("missing", "missing: cannot read folder"),
        ("empty", "empty: there are no recordings in it"),
        ("teacher.csv", "teacher.csv is not a folder"),
        ("corpus", "corpus: no recording in it can be used that is not among the labelled ones"),
    ] {
        let mut command = bench.command("train");
        command.arg("--data").arg(bench.path("corpus")).arg("--teacher-logits").arg(&teacher);
        command.arg("--out").arg(bench.path("out")).arg("--unlabelled").arg(bench.path(folder));
        let message = complaint(&command.output().unwrap());
        assert!(message.contains("cannot use --unlabelled") && message.contains(expected), "{message}");
    }
}

#[test]
fn a_good_copy_stands_in_for_a_broken_one_and_silence_is_left_out() {
    let bench = Bench::with_clips(1);
    let folder = |name: &str| {
        let folder = bench.path("mine").join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    };
    let [first, second] = ["a", "b"].map(|name| folder(name).join("1001_IEO_ANG_XX.wav"));
    fs::write(&first, b"RIFF").unwrap();
    stereo(&second, 0.1, 0.1);
    stereo(&folder("a").join("1001_IEO_SAD_XX.wav"), 0.3, -0.3);
    let output = run(&bench, &["eval", "--json", "--data"], &bench.path("mine"));
    let told = messages(&output);
    assert!(output.status.success(), "{told}");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["clips"], 1);
    assert!(told.contains(&format!("left out, broken: {}: ", first.display())), "{told}");
    assert!(told.contains("1001_IEO_SAD_XX.wav: it is silent"), "{told}");
    assert!(!told.contains("repeated"), "{told}");
}

#[test]
fn blanks_may_follow_commas_and_the_known_are_listed() {
    let bench = Bench::with_clips(12);
    let train = |speakers| {
        let mut command = bench.command("train");
        command.arg("--data").arg(bench.path("corpus")).args([
            "--test-speakers",
            speakers,
            "--dry-run",
            "--out",
        ]);
        command.arg(bench.path("out")).output().unwrap()
    };
    let output = train("1001, DC");
    assert!(output.status.success(), "{}", messages(&output));
    let message = complaint(&train("1001, Nobody"));
    assert!(message.contains("no recordings of speaker Nobody; there are those of 01, "), "{message}");
}

#[test]
fn silence_is_no_noise() {
    let bench = Bench::with_clips(3);
    fs::create_dir(bench.path("quiet")).unwrap();
    stereo(&bench.path("quiet/hall.wav"), 0.0, 0.0);
    let mut eval = bench.command("eval");
    eval.arg("--data").arg(bench.path("corpus")).arg("--noise").arg(bench.path("quiet"));
    let output = eval.args(["--snr", "10"]).output().unwrap();
    assert!(complaint(&output).contains("cannot use --noise"), "{}", messages(&output));
    assert!(messages(&output).contains("hall.wav: it is silent"), "{}", messages(&output));
}
