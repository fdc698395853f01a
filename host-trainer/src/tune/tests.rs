use std::collections::{BTreeMap, BTreeSet};

use super::halving::{best_first, first_rung, survivors};
use super::*;
use crate::corpus::ClassSet;
use crate::preset::Preset;
use crate::report::write_tuning;

/// A trial of the preset `tiny` with UA and loss after each rung.
fn trial(number: usize, scores: &[Option<(f64, f64)>]) -> Trial {
    let mut preset = Preset::load("tiny".as_ref()).unwrap();
    preset.recipe.learning_rate *= 1.0 + number as f32;
    let scores = scores.iter().map(|score| score.map(|(ua, loss)| Score { ua, loss })).collect();
    Trial { number, scores, preset }
}

fn tuning(trials: &[Trial]) -> Tuning {
    let speakers = |name: &str| Speakers { clips: 9, speakers: BTreeSet::from([name.to_owned()]) };
    let facts = SearchFacts {
        preset: "tiny".to_owned(),
        classes: ClassSet::Six.into(),
        seed: 1,
        demonstration: false,
        rungs: rungs(90),
        train: speakers("a<b>"),
        validation: speakers("c<d>"),
    };
    let trials: BTreeMap<usize, Trial> = trials.iter().map(|trial| (trial.number, trial.clone())).collect();
    Tuning::new(facts, &trials)
}

#[test]
fn each_rung_trains_a_third_for_three_times_as_long() {
    assert_eq!((rungs(90), first_rung(3)), (vec![10, 30, 90], 9));
    assert_eq!((rungs(7), first_rung(2)), (vec![2, 7], 3));
    assert_eq!((rungs(2), first_rung(1)), (vec![2], 1));
}

#[test]
fn survivors_are_the_best_third_by_ua_then_loss() {
    let trials = [
        trial(4, &[Some((0.5, 1.0))]),
        trial(5, &[Some((0.7, 1.5))]),
        trial(6, &[None]),
        trial(7, &[Some((0.7, 1.2))]),
        trial(8, &[Some((0.6, 0.1))]),
        trial(9, &[Some((0.6, 0.1)), Some((0.9, 0.1))]),
    ];
    assert_eq!(survivors(trials.iter().collect(), 0), [7, 5]);
    assert_eq!(survivors(trials[2..3].iter().collect(), 0), [6]);
    // Of equals the earlier trial.
    assert_eq!(survivors(trials[4..].iter().collect(), 0), [8]);
}

#[test]
fn longer_trainings_come_first_however_they_scored() {
    let mut trials = [
        trial(0, &[Some((0.9, 0.1))]),
        trial(1, &[Some((0.5, 1.0)), Some((0.6, 0.9))]),
        trial(2, &[Some((0.5, 1.0)), None]),
        trial(3, &[Some((0.5, 1.0)), Some((0.6, 0.8))]),
    ];
    trials.sort_by(best_first);
    assert_eq!(trials.map(|trial| trial.number), [3, 1, 2, 0]);
}

#[test]
fn what_is_written_goes_on_and_names_the_best() {
    let folder = tempfile::tempdir().unwrap();
    let trials = [
        trial(0, &[Some((0.5, 1.0))]),
        trial(1, &[Some((0.75, 1.8183072715250017))]),
        trial(2, &[Some((0.25, 1.0)), None]),
    ];
    write_tuning(&tuning(&trials), folder.path()).unwrap();
    let read = Tuning::read_trials(&folder.path().join("trials.json")).unwrap();
    assert!(read.values().eq(&trials));
    assert_eq!(Preset::load(&folder.path().join("preset.json")).unwrap(), trials[1].preset);

    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    for reference in ["http:", "https:", "src=", "url(", "@import", "<script", "<link", "c<d>"] {
        assert!(!page.contains(reference), "{reference}");
    }
    // The learning rate alone takes several values.
    assert_eq!(page.matches("<svg").count(), 1);
    assert_eq!(page.matches("<circle").count(), 3);
    for text in ["75.0 %", "50.0 %", "diverged", "10 14 18 28 32"] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn where_everything_diverged_there_is_no_best_preset() {
    let folder = tempfile::tempdir().unwrap();
    let tuning = tuning(&[trial(0, &[None])]);
    assert!(tuning.best().is_none());
    write_tuning(&tuning, folder.path()).unwrap();
    assert!(folder.path().join("trials.json").exists() && !folder.path().join("preset.json").exists());
}
