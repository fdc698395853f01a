//! `eval` of recordings that were disturbed, of known voices, and of a stream.

use std::path::PathBuf;
use std::process::Output;

use host_trainer::corpus::Classes;
use host_trainer::features::{Hearing, InputScaling, Reference};
use host_trainer::network::{FloatModel, Weights};
use host_trainer::preset::Preset;
use host_trainer::quantise;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use support::{Bench, complaint, messages};

mod support;

impl Bench {
    /// A model of a preset with random weights.
    fn model(&self, preset: &str) -> PathBuf {
        let preset = Preset::load(preset.as_ref()).unwrap();
        let network = preset.network(7);
        let Preset { name, front_end, .. } = preset;
        let path = self.path(&name);
        let bands = front_end.mel_bands.into();
        let model = FloatModel {
            name,
            labels: Classes::Seven.labels().to_vec(),
            hearing: Hearing {
                front_end,
                scaling: match front_end.reference {
                    Reference::Power => InputScaling::Gain(1.0),
                    _ => InputScaling::PerBand { mean: vec![-30.0; bands], deviation: vec![15.0; bands] },
                },
                prior: vec![-25 * 128; bands],
            },
            weights: Weights::initial(&network, &mut ChaCha8Rng::seed_from_u64(1)),
            network,
            temperature: 1.0,
        };
        let chirp = (0..66_150).map(|n| (8000.0 * (f64::from(n) * 1e-3).powi(2).sin()) as i16).collect();
        std::fs::write(&path, quantise::export(&model, &[chirp]).unwrap()).unwrap();
        path
    }

    fn eval(&self, preset: &str, options: &[&str]) -> Output {
        let mut command = self.command("eval");
        command.arg("--model").arg(self.model(preset)).arg("--data").arg(self.path("corpus/SAVEE"));
        command.arg("--json").args(options).output().unwrap()
    }

    fn scores(&self, options: &[&str]) -> Value {
        let output = self.eval("tiny", options);
        assert!(output.status.success(), "{}", messages(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[test]
fn disturbances_are_the_same_each_time() {
    let bench = Bench::with_clips(42);
    let clean = bench.scores(&[]);
    for disturbance in ["click", "thump", "dc"] {
        let disturbed = bench.scores(&["--disturb", disturbance]);
        assert_eq!(disturbed["clips"], clean["clips"]);
        assert_eq!(disturbed, bench.scores(&["--disturb", disturbance]));
    }
    assert_ne!(bench.scores(&["--disturb", "thump"]), clean);
}

#[test]
fn a_voice_that_was_heard_before_is_another_protocol() {
    let bench = Bench::with_clips(42);
    let [fresh, nothing, minute] =
        [vec![], vec!["--after", "0"], vec!["--after", "60"]].map(|o| bench.scores(&o));
    assert_eq!(fresh, nothing);
    assert_eq!(minute["clips"], fresh["clips"]);
    assert_ne!(minute, fresh);
    assert_eq!(bench.scores(&["--after", "60"]), minute);
}

#[test]
fn a_model_that_learns_no_voices_is_not_asked_for_them() {
    let bench = Bench::with_clips(42);
    let complaint = complaint(&bench.eval("seed", &["--after", "60"]));
    assert!(complaint.contains("seed") && complaint.contains("learns no voices"), "{complaint}");
}

#[test]
fn a_stream_is_answered_at_each_utterance_s_end() {
    let bench = Bench::with_clips(42);
    let stream = bench.scores(&["--stream"]);
    let count = |key: &str| stream[key].as_u64().unwrap_or_else(|| panic!("{key} in {stream}"));
    assert_eq!(count("utterances"), bench.scores(&[])["clips"]);
    // The first clip of a speaker may be over before there is an answer.
    assert!(count("utterances") - count("found") <= 4 && count("right") <= count("found"));
    assert_eq!(count("unsure"), 0);
    let number = |key: &str| stream[key].as_f64().unwrap_or_else(|| panic!("{key} in {stream}"));
    // Frames wait 0.7 s for the level, and there is an answer every 0.2 s.
    assert!((0.5..1.2).contains(&number("latency_s")), "{stream}");
    assert!((0.0..=1.0).contains(&number("changes_share")));
    assert!(stream["false_per_hour"].is_null());
    assert_eq!(bench.scores(&["--stream"]), stream);
}
