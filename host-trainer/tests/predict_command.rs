//! `predict` from outside: long recordings, answers over time, pictures.

mod support;

use std::path::{Path, PathBuf};
use std::process::Output;

use host_trainer::SHIPPED_MODEL;
use host_trainer::audio::load;
use host_trainer::evaluate::{Moment, Scorer};
use serde_json::Value;
use support::{Bench, complaint, messages};

/// Nine seconds at 16000 Hz, two channels: a tone that comes and goes, loudest late.
fn recording(bench: &Bench, name: &str) -> PathBuf {
    let path = bench.path(name);
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 16_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..9 * 16_000 {
        let seconds = f64::from(n) / 16_000.0;
        let loudness = 1500.0 * seconds * (2.0 * seconds).sin().abs();
        let sample = (loudness * (900.0 * seconds * (1.0 + 0.1 * seconds)).sin()) as i16;
        writer.write_sample(sample).unwrap();
        writer.write_sample(sample / 2).unwrap();
    }
    writer.finalize().unwrap();
    path
}

fn predict(bench: &Bench, options: &[&str], files: &[&Path]) -> Output {
    bench.command("predict").args(options).args(files).output().unwrap()
}

fn printed(output: Output) -> String {
    assert!(output.status.success(), "{}", messages(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_read_in_blocks_is_answered_as_the_whole() {
    let bench = Bench::with_clips(1);
    let file = recording(&bench, "long.wav");
    let scorer = Scorer::new(SHIPPED_MODEL).unwrap();
    let whole = load(&file, scorer.sample_rate()).unwrap();
    let answer: Value = serde_json::from_str(&printed(predict(&bench, &["--json"], &[&file]))).unwrap();
    assert_eq!(answer["scores"], serde_json::to_value(scorer.classify(&whole).scores).unwrap());

    let moments = scorer.listen([Ok(whole)], 0.5).map(Result::unwrap);
    let expected: Vec<Value> = moments.map(|moment| serde_json::to_value(moment).unwrap()).collect();
    let lines = printed(predict(&bench, &["--json", "--every", "0.5"], &[&file]));
    let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &mut lines {
        assert_eq!(line.as_object_mut().unwrap().remove("file").unwrap(), file.to_str().unwrap());
    }
    assert_eq!(lines, expected);
}

#[test]
fn a_table_over_time_has_a_row_for_each_answer() {
    let bench = Bench::with_clips(1);
    let files = [recording(&bench, "a, b.wav"), recording(&bench, "c.wav")];
    let files = [files[0].as_path(), files[1].as_path()];
    let table = printed(predict(&bench, &["--csv", "--every", "1"], &files));
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let scorer = Scorer::new(SHIPPED_MODEL).unwrap();
    let labels = scorer.model().labels().iter();
    let header: Vec<&str> =
        ["file", "t", "emotion", "confidence", "speech"].into_iter().chain(labels).collect();
    assert_eq!(table.headers().unwrap(), header);
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let moments: Vec<Moment> =
        scorer.listen([load(files[0], scorer.sample_rate())], 1.0).map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2 * moments.len());
    for (row, (moment, file)) in
        rows.iter().zip(files.iter().flat_map(|file| moments.iter().map(move |m| (m, file))))
    {
        assert_eq!(&row[0], file.to_str().unwrap());
        assert_eq!(row[1].parse(), Ok(moment.t));
        assert_eq!(row[2], moment.prediction.emotion);
        assert_eq!(row[3].parse(), Ok(moment.prediction.confidence));
        assert_eq!(row[4].parse(), Ok(moment.speech.unwrap()));
        for (field, (_, share)) in row.iter().skip(5).zip(&moment.prediction.probabilities) {
            assert_eq!(field.parse(), Ok(*share));
        }
    }
}

#[test]
fn a_picture_is_written_as_a_page_and_alone() {
    let bench = Bench::with_clips(1);
    let file = recording(&bench, "a<b>.wav");
    let [page, picture] = ["out/picture.html", "picture.svg"].map(|name| bench.path(name));
    let options = ["--html", page.to_str().unwrap(), "--svg", picture.to_str().unwrap()];
    // Without --every, an answer comes every half second.
    let answers = printed(predict(&bench, &options, &[&file]));
    assert_eq!(answers, printed(predict(&bench, &["--every", "0.5"], &[&file])));

    let picture = std::fs::read_to_string(picture).unwrap();
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    let page = std::fs::read_to_string(page).unwrap();
    for whole in [&picture, &page] {
        assert_eq!(whole.matches("data:image/png;base64,").count(), 1);
        for reference in ["https:", "src=\"/", "url(", "@import", "<script", "<link", "NaN"] {
            assert!(!whole.contains(reference), "{reference}");
        }
        for label in Scorer::new(SHIPPED_MODEL).unwrap().model().labels().iter() {
            assert!(whole.contains(label), "{label}");
        }
    }
    assert!(page.contains("a&#60;b&#62;.wav") && !page.contains("a<b>") && page.contains("9.0 s"));
}

#[test]
fn one_file_is_pictured_and_only_a_whole_one() {
    let bench = Bench::with_clips(1);
    let file = recording(&bench, "a.wav");
    let output = predict(&bench, &["--svg", "never.svg"], &[&file, &file]);
    assert_eq!(output.status.code(), Some(2), "{}", messages(&output));

    let whole = std::fs::read(&file).unwrap();
    let cut = bench.path("cut.wav");
    std::fs::write(&cut, &whole[..whole.len() - 2]).unwrap();
    let picture = bench.path("cut.svg");
    let output = predict(&bench, &["--svg", picture.to_str().unwrap()], &[&cut]);
    assert!(complaint(&output).contains("cut.wav") && complaint(&output).contains("cut short"));
    assert_eq!(messages(&output).matches("cut short").count(), 1);
    assert!(!picture.exists());
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_named_and_the_rest_answered() {
    let bench = Bench::with_clips(1);
    let file = recording(&bench, "a.wav");
    for options in [&[][..], &["--every", "1"]] {
        let output = predict(&bench, options, &[Path::new("/dev/zero"), &file]);
        assert!(complaint(&output).contains("1 of 2 files"));
        let messages = messages(&output);
        assert!(messages.contains("/dev/zero: it is not a regular file"), "{messages}");
        assert!(String::from_utf8(output.stdout).unwrap().contains("a.wav"));
    }
}
