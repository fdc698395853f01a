use engine::Model;

use super::*;
use crate::corpus::{ClassSet, Classes, Clip, Parts, Sex};
use crate::evaluate::{Answer, Answers, Both, Footprint, Interval, Scores};

#[test]
fn a_file_of_folds_is_read() {
    let text = r#"{"corpus": "ravdess", "classes": "eight", "folds": [["01", "11"], ["04"]]}"#;
    let folds = Folds::parse(text).unwrap();
    assert_eq!((folds.classes, folds.folds.len()), (Some(ClassSet::Eight.into()), 2));
    assert_eq!(folds.folds[0], ["01", "11"]);
}

#[test]
fn folds_that_are_none_are_explained() {
    let complaint = |folds: &str| {
        let text = format!(r#"{{"corpus": "ravdess", "classes": "eight", "folds": {folds}}}"#);
        format!("{:#}", Folds::parse(&text).unwrap_err())
    };
    assert!(complaint("[]").contains("fewer than two folds"));
    assert!(complaint(r#"[["01"], []]"#).contains("fold 2 has no speakers"));
    let twice = complaint(r#"[["01", "02"], ["03", "02"]]"#);
    assert!(twice.contains("speaker 02 is in fold 1 and again in fold 2"), "{twice}");
    assert!(complaint(r#"[["01"], ["02", "02"]]"#).contains("speaker 02"));
    assert!(complaint(r#""all""#).contains("expected {"));
    let classes = Folds::parse(r#"{"corpus":"tess","classes":"nine","folds":[["1"],["2"]]}"#).unwrap_err();
    assert!(format!("{classes:#}").contains("expected six, seven, eight or a list of labels"), "{classes:#}");
    for text in ["", "{}", r#"{"corpus":"tess","classes":"nine","folds":[["1"],["2"]]}"#] {
        assert!(Folds::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_fold_with_a_speaker_of_whom_there_is_nothing_is_named() {
    let clips = ["03-01-05-01-02-01-01.wav", "03-01-04-01-02-01-02.wav", "03-01-03-01-02-01-02.wav"];
    let clips = clips.map(|name| Clip::from_path(name.as_ref()).unwrap());
    let text = r#"{"corpus": "ravdess", "classes": "eight", "folds": [["01"], ["25"]]}"#;
    let message =
        format!("{:#}", Folds::parse(text).unwrap().cut(&clips, &ClassSet::Eight.into()).unwrap_err());
    assert!(message.contains("fold 2") && message.contains("25"), "{message}");
    let text = r#"{"corpus": "savee", "classes": "eight", "folds": [["DC"], ["JE"]]}"#;
    let message =
        format!("{:#}", Folds::parse(text).unwrap().cut(&clips, &ClassSet::Eight.into()).unwrap_err());
    assert!(message.contains("no recordings of savee; there are those of ravdess"), "{message}");
}

/// Answers of a man and a woman to clips of classes 0 and 1 of the six; `said` in float and in int8.
fn outcome(fold: usize, seed: u64, said: [(usize, usize); 4]) -> Outcome {
    let truths = [(0, Sex::Male), (1, Sex::Male), (0, Sex::Female), (1, Sex::Female)];
    let logits = |said| (0..6).map(|class| if class == said { 1.0 } else { 0.0 }).collect::<Vec<f32>>();
    let answer = |(number, ((truth, sex), (float, int8)))| Answer {
        path: format!("{fold}-{number}.wav").into(),
        corpus: "own".to_owned(),
        speaker: format!("{sex:?}"),
        sex: Some(sex),
        truth,
        confidence: 0.75,
        logits: Both { float: logits(float), int8: logits(int8) },
    };
    let answers = truths.into_iter().zip(said).enumerate().map(answer).collect();
    let answers = Answers { labels: Classes::from(ClassSet::Six).labels().to_vec(), answers };
    let adapted = adapted(answers.confusions().int8.ua());
    Outcome::new((fold, seed), answers, adapted)
}

/// A tenth better after a minute.
fn adapted(ua: f64) -> Vec<Adapted> {
    [(15, ua), (60, 0.1 + ua)].map(|(seconds, ua)| Adapted { seconds, scores: Scores { wa: ua, ua } }).into()
}

fn summary(outcomes: &[Outcome]) -> CrossvalResults {
    let blob = crate::SHIPPED_MODEL;
    let facts = CrossvalFacts {
        protocol: "folds",
        inner: false,
        preset: "small".to_owned(),
        classes: ClassSet::Six.into(),
        epochs: 3,
        demonstration: false,
    };
    let model = Footprint::of(&Model::from_bytes(blob).unwrap(), blob.len());
    let cut = |name: &str, speaker: &str| Cut {
        name: name.to_owned(),
        speakers: vec![speaker.to_owned()],
        parts: Parts { train: Vec::new(), validation: Vec::new(), test: Vec::new() },
    };
    CrossvalResults::new(facts, model, &[cut("1", "01"), cut("2", "02")], outcomes).unwrap()
}

/// Two folds, two seeds, four clips each. UA in int8, which is WA here as classes are even:
///
/// |        | fold 1 | fold 2 | mean |
/// | ------ | ------ | ------ | ---- |
/// | seed 1 |      1 |    1/2 |  3/4 |
/// | seed 2 |    3/4 |    1/4 |  1/2 |
fn grid() -> [Outcome; 4] {
    [
        outcome(1, 1, [(0, 0), (1, 1), (0, 0), (1, 1)]),
        outcome(2, 1, [(0, 0), (1, 0), (0, 0), (1, 0)]),
        outcome(1, 2, [(0, 0), (1, 1), (0, 0), (1, 0)]),
        outcome(2, 2, [(0, 0), (1, 2), (0, 3), (1, 2)]),
    ]
}

#[test]
fn figures_worked_by_hand() {
    let summary = summary(&grid());
    let folds: Vec<f64> = summary.folds.iter().map(|fold| fold.scores.int8.ua).collect();
    let seeds: Vec<f64> = summary.seeds.iter().map(|seed| seed.int8.ua).collect();
    assert_eq!((folds, seeds), (vec![7.0 / 8.0, 3.0 / 8.0], vec![3.0 / 4.0, 1.0 / 2.0]));
    assert_eq!((summary.mean.scores.int8.ua, summary.mean.scores.float.ua), (5.0 / 8.0, 1.0));
    // sqrt((1/8)² + (1/8)²)
    assert!((summary.spread.unwrap().int8.ua - 2f64.sqrt() / 8.0).abs() < 1e-12);
    assert_eq!(summary.spread.unwrap().float.ua, 0.0);

    // Of 8 clips each, 7 of class 0 and 3 of class 1 are right; of 4 each of a woman 3 and 1.
    let recalls: Vec<f64> = summary.emotions.iter().map(|row| row.recall.int8).collect();
    assert_eq!(recalls[..2], [7.0 / 8.0, 3.0 / 8.0]);
    let sexes: Vec<_> = summary.sexes.iter().map(|row| (row.sex, row.scores.int8.ua)).collect();
    assert_eq!(sexes, [(Sex::Female, 4.0 / 8.0), (Sex::Male, 6.0 / 8.0)]);
    // All confidences are 3/4; 7 of the first fold's 8 clips are right, and 3 of the second's.
    let calibrations: Vec<_> = summary.folds.iter().map(|fold| fold.calibration).collect();
    assert_eq!(calibrations.iter().map(|found| found.confidence).collect::<Vec<_>>(), [0.75; 2]);
    assert!((calibrations[0].ece - 0.125).abs() < 1e-12 && (calibrations[1].ece - 0.375).abs() < 1e-12);
    assert!(summary.folds[0].intervals.int8.ua.is_none(), "of two speakers there is no interval");
    // All confidences are 3/4, and 10 of 16 are right.
    assert!((summary.ece - (0.75 - 10.0 / 16.0)).abs() < 1e-12);
}

#[test]
fn what_was_heard_of_the_speaker_is_scored_beside() {
    let summary = summary(&grid());
    let figures = |adapted: &[Adapted]| adapted.iter().map(|a| (a.seconds, a.scores.ua)).collect::<Vec<_>>();
    let found = [&summary.folds[1].adapted, &summary.mean.adapted].map(|adapted| figures(adapted)).concat();
    let expected = [(15, 3.0 / 8.0), (60, 0.1 + 3.0 / 8.0), (15, 5.0 / 8.0), (60, 0.1 + 5.0 / 8.0)];
    for (found, expected) in found.into_iter().zip(expected) {
        assert!(found.0 == expected.0 && (found.1 - expected.1).abs() < 1e-12, "{found:?} {expected:?}");
    }
}

#[test]
fn models_that_learn_no_voices_have_no_figures_after_some_seconds() {
    let outcomes = grid().map(|outcome| Outcome { adapted: Vec::new(), ..outcome });
    let json = serde_json::to_value(summary(&outcomes)).unwrap();
    assert!(json["mean"].get("adapted").is_none() && json["folds"][0].get("adapted").is_none());
}

#[test]
fn a_fold_and_a_seed_are_named() {
    assert_eq!("2/1".parse::<Task>().unwrap().to_string(), "fold 2, seed 1");
    for text in ["", "2", "2/", "/1", "0/1", "1/0", "1/1/1", "a/b"] {
        assert!(text.parse::<Task>().unwrap_err().contains("like 2/1"), "{text}");
    }
}

#[test]
fn outcomes_come_back() {
    let folder = tempfile::tempdir().unwrap();
    grid()[3].write(folder.path()).unwrap();
    assert_eq!(Outcome::read(folder.path()).unwrap(), grid()[3]);
}

/// Logits are 1 for what is said, so two seeds that say different things leave it to the first label: fold 1 is all
/// right but its last clip, whose classes 1 and 0 tie; fold 2 has its second clip at 0 or 2, its third at 0 or 3, and
/// its last at 0 or 2.
#[test]
fn seeds_together_judge_by_the_sum_of_their_logits() {
    let together = summary(&grid()).together;
    assert_eq!(together.scores.int8.ua, (3.0 / 4.0 + 2.0 / 4.0) / 2.0);
    assert_eq!(together.scores.float.ua, 1.0);
    assert_eq!(together.worst.len(), 3);
    assert!(together.worst.is_sorted_by(|a, b| a.confidence >= b.confidence));
    assert_eq!((together.worst[0].label.as_str(), together.worst[0].predicted.as_str()), ("sad", "happy"));
}

#[test]
fn intervals_hold_the_figures() {
    let summary = summary(&grid());
    let Interval([low, high]) = summary.intervals.int8.ua.unwrap();
    assert!(low <= summary.mean.scores.int8.ua && summary.mean.scores.int8.ua <= high && low < high);
}

#[test]
fn what_quantisation_costs_is_the_difference_of_the_means() {
    let CrossvalResults { quantisation, mean, .. } = summary(&grid());
    assert!((quantisation.ua - (mean.scores.float.ua - mean.scores.int8.ua)).abs() < 1e-12);
}

#[test]
fn one_seed_has_no_spread() {
    assert!(summary(&grid()[..2]).spread.is_none());
}

#[test]
fn json_has_the_keys_that_scripts_rely_on() {
    let json = serde_json::to_value(summary(&grid())).unwrap();
    assert_eq!(json["folds"].as_array().unwrap().len(), 2);
    for place in ["/folds/0", "/folds/1", "/mean", "/spread", "/seeds/0", "/sexes/0"] {
        for figure in ["/float/wa", "/float/ua", "/int8/wa", "/int8/ua"] {
            let value = json.pointer(&format!("{place}{figure}"));
            assert!(value.is_some_and(serde_json::Value::is_f64), "{place}{figure}");
        }
    }
    for place in ["/folds/1", "/mean"] {
        let adapted = json.pointer(&format!("{place}/adapted")).unwrap();
        assert_eq!((&adapted[0]["seconds"], &adapted[1]["seconds"]), (&15.into(), &60.into()));
        assert!(adapted[1]["wa"].is_f64() && adapted[1]["ua"].is_f64());
    }
    assert_eq!((&json["protocol"], &json["folds"][1]["name"]), (&"folds".into(), &"2".into()));
    assert_eq!((&json["preset"], &json["classes"]), (&"small".into(), &"six".into()));
    assert_eq!(json["emotions"][0]["emotion"], "happy");
    assert_eq!(json["sexes"][1]["sex"], "male");
}
