//! `listen` from outside: a pipe in, events out.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use host_trainer::synth;
use serde_json::Value;
use support::{Bench, messages};

mod support;

/// Two utterances of the built-in corpus at one rate, each after two seconds of quiet, and where each begins and ends
/// in seconds.
fn stream() -> (u32, Vec<i16>, Vec<[f64; 2]>) {
    let utterances = synth::utterances(12).unwrap();
    let rate = utterances[0].sample_rate();
    let (mut samples, mut spans) = (Vec::new(), Vec::new());
    for (utterance, seed) in utterances.iter().filter(|utterance| utterance.sample_rate() == rate).zip(0..2) {
        samples.extend(quiet(2 * rate as usize));
        let start = samples.len() as f64 / f64::from(rate);
        samples.extend(synth::render(utterance, seed));
        spans.push([start, samples.len() as f64 / f64::from(rate)]);
    }
    samples.extend(quiet(2 * rate as usize));
    (rate, samples, spans)
}

/// A microphone's own noise.
fn quiet(length: usize) -> impl Iterator<Item = i16> {
    (0..length).map(|n| [0, 1, 0, -1, 1, 0, -1][n * n % 7])
}

fn bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

fn listen(bench: &Bench, options: &[&str], input: &[u8]) -> Output {
    let mut command: Command = bench.command("listen");
    command.args(options).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut listening = command.spawn().unwrap();
    // It may end without hearing all.
    _ = listening.stdin.take().unwrap().write_all(input);
    listening.wait_with_output().unwrap()
}

fn events(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", messages(output));
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn ended(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|event| event["event"] == "silence" && event["verdict"] != "not_speech").collect()
}

#[test]
fn each_utterance_is_one_event_at_the_right_time_whatever_the_channels() {
    let bench = Bench::with_clips(1);
    let (rate, samples, spans) = stream();
    let rate = rate.to_string();
    let heard = events(&listen(&bench, &["--json", "--rate", &rate], &bytes(&samples)));
    let names = ["speech", "emotion", "silence"].map(Value::from);
    assert!(heard.iter().all(|event| names.contains(&event["event"]) && event["t"].is_f64()), "{heard:?}");
    let keys = ["emotion", "confidence"];
    assert!(heard.iter().all(|event| keys.iter().all(|key| event.get(key).is_some())), "{heard:?}");
    let utterances = ended(&heard);
    assert_eq!(utterances.len(), spans.len(), "{heard:?}");
    for (utterance, [start, end]) in utterances.iter().zip(spans) {
        let [found_start, found_end] = ["start", "t"].map(|key| utterance[key].as_f64().unwrap());
        // What is before the first loud sound is heard too, and recordings have some quiet of their own.
        assert!(
            (found_start - start).abs() < 0.5 && (found_end - end).abs() < 0.5,
            "{utterance} {start} {end}"
        );
        let probabilities = utterance["probabilities"].as_object().unwrap();
        let total: f64 = probabilities.values().map(|share| share.as_f64().unwrap()).sum();
        assert!(probabilities.len() == 7 && (total - 1.0).abs() < 0.01, "{utterance}");
    }
    let stereo: Vec<i16> = samples.iter().flat_map(|&sample| [sample, i16::MAX]).collect();
    let options = ["--json", "--rate", &rate, "--channels", "2"];
    assert_eq!(events(&listen(&bench, &options, &bytes(&stereo))), heard);
}

#[test]
fn the_threshold_decides_between_an_emotion_and_unsure() {
    let bench = Bench::with_clips(1);
    let (rate, samples, spans) = stream();
    for (threshold, verdict) in [("0", "emotion"), ("100", "unsure")] {
        let options = ["--json", "--rate", &rate.to_string(), "--threshold", threshold];
        let heard = events(&listen(&bench, &options, &bytes(&samples)));
        let verdicts: Vec<_> = ended(&heard).iter().map(|event| event["verdict"].clone()).collect();
        assert_eq!(verdicts, vec![verdict; spans.len()], "{heard:?}");
    }
    for (options, expected) in [
        (["--threshold", "101"], "it is no whole number from 0 to 100"),
        (["--threshold", "0.7"], "it is no whole number from 0 to 100"),
        (["--rate", "3000"], "3000 is not in 4000..=192000"),
    ] {
        let refused = listen(&bench, &options, &[]);
        assert!(
            refused.status.code() == Some(2) && messages(&refused).contains(expected),
            "{}",
            messages(&refused)
        );
    }
}

#[test]
fn a_voice_is_learnt_kept_and_known() {
    let bench = Bench::with_clips(1);
    let (rate, samples, _) = stream();
    let (rate, voice) = (rate.to_string(), bench.path("anna.json"));
    let options = ["--rate", &rate, "--enrol", voice.to_str().unwrap()];
    let quiet = listen(&bench, &options, &bytes(&quiet(40_000).collect::<Vec<_>>()));
    assert!(quiet.status.success() && !voice.exists() && messages(&quiet).contains("nothing was learnt"));

    let first = listen(&bench, &options, &bytes(&samples));
    assert!(first.status.success(), "{}", messages(&first));
    let text = String::from_utf8_lossy(&first.stdout);
    assert!(text.lines().next().unwrap().contains("somebody speaks"), "{text}");
    assert!(messages(&first).contains("all utterances together: "), "{}", messages(&first));
    let heard =
        || serde_json::from_slice::<Value>(&std::fs::read(&voice).unwrap()).unwrap()["heard"].as_u64();
    let before = heard().unwrap();
    let second = listen(&bench, &options, &bytes(&samples));
    assert!(messages(&second).contains(&format!("known by {before} frames")), "{}", messages(&second));
    assert!(heard().unwrap() > before);

    let of_another = [&options[..], &["--model", "tiny"]].concat();
    let complaint = support::complaint(&listen(&bench, &of_another, &[]));
    assert!(complaint.contains("anna.json: another model learnt it"), "{complaint}");
    let nowhere = voice.join("bo.json");
    let complaint = support::complaint(&listen(&bench, &["--enrol", nowhere.to_str().unwrap()], &[]));
    assert!(complaint.contains("cannot write") && complaint.contains("bo.json"), "{complaint}");

    std::fs::write(&voice, "{}").unwrap();
    let complaint = support::complaint(&listen(&bench, &options, &[]));
    assert!(complaint.contains("anna.json"), "{complaint}");
}

#[test]
fn what_can_t_be_heard_is_explained() {
    let bench = Bench::with_clips(1);
    for (options, input, expected) in [
        (&["--rate", "96000"][..], &[][..], "4000 to 66150 Hz"),
        (&["--model", "nowhere.postcard"], &[], "nowhere.postcard"),
        (&[], b"RIFF\x24\0\0\0WAVE", "WAV file"),
    ] {
        let complaint = support::complaint(&listen(&bench, options, input));
        assert!(complaint.contains(expected), "{complaint}");
    }
}

/// ALSA reads what devices there are from a file; here it has none.
#[test]
fn a_sound_card_that_is_not_there_is_one_line() {
    let bench = Bench::with_clips(1);
    let mut command = bench.command("listen");
    let output = command.arg("--sound-card").env("ALSA_CONFIG_PATH", "/dev/null").output().unwrap();
    let expected = match cfg!(feature = "sound-card") {
        true if !cfg!(target_os = "linux") => return,
        true => "there is no sound card that hears: connect a microphone",
        false => "this was built to hear pipes alone",
    };
    let complaint = support::complaint(&output);
    assert!(complaint.contains(expected), "{complaint}");
    let output = bench.command("listen").args(["--sound-card", "--rate", "16000"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// As `head -1` does: reads a line and goes.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = Bench::with_clips(1);
    let (rate, samples, _) = stream();
    let mut command = bench.command("listen");
    command.args(["--json", "--rate", &rate.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut listening = command.spawn().unwrap();
    drop(listening.stdout.take());
    _ = listening.stdin.take().unwrap().write_all(&bytes(&samples));
    let output = listening.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", messages(&output));
}
