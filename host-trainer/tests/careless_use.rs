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
}

#[test]
fn a_float_model_leads_to_its_blob() {
    let bench = Bench::with_clips(1);
    let recording = stereo(&bench.path("mine.wav"), 0.1, 0.1);
    for (float, blob) in [("run/float.safetensors", "run/model.postcard"), ("small.json", "small.postcard")] {
        let [float, blob] = [float, blob].map(|name| bench.path(name));
        fs::create_dir_all(float.parent().unwrap()).unwrap();
        fs::write(&float, b"{}").unwrap();
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
    for options in [&["predict", "--json"][..], &["predict", "--json", "--every", "1"]] {
        let output = run(&bench, options, &path);
        assert!(output.status.success(), "{}", messages(&output));
        let line = String::from_utf8(output.stdout).unwrap();
        let answer: Value = serde_json::from_str(line.lines().next().unwrap()).unwrap();
        assert!(answer["file"].as_str().unwrap().ends_with("\u{fffd}.wav"), "{answer}");
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
