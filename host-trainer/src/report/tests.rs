use std::path::PathBuf;

use super::*;
use crate::corpus::{ClassSet, Corpus};
use crate::evaluate::{Interval, QuantisationLoss, TestClip};
use crate::quantise;
use crate::quantise::testing::model_and_clips;
use crate::training::Validation;

/// What a run of three classes writes into a folder.
struct Written {
    page: String,
    metrics: serde_json::Value,
}

fn written(split: Split, demonstration: bool) -> Written {
    written_with(split, demonstration, 2)
}

fn written_with(split: Split, demonstration: bool, validation: usize) -> Written {
    with_run(split, demonstration, validation, |run| {
        let out = tempfile::tempdir().unwrap();
        write(run, out.path()).unwrap();
        let read = |name| std::fs::read_to_string(out.path().join(name)).unwrap();
        Written { page: read("report.html"), metrics: serde_json::from_str(&read("metrics.json")).unwrap() }
    })
}

fn with_run<T>(
    split: Split,
    demonstration: bool,
    validation: usize,
    then: impl FnOnce(&FinishedTraining<'_>) -> T,
) -> T {
    let (model, windows) = model_and_clips(11);
    let labels = ["neutral", "sad", "angry"];
    let clips = windows.iter().zip(labels.into_iter().cycle()).enumerate();
    let clips = clips.map(|(index, (window, label))| TestClip {
        source: Clip {
            path: PathBuf::from(format!("a<b>{index}.wav")),
            corpus: Corpus::new("savee"),
            speaker: "DC".to_owned(),
            label: label.to_owned(),
            sex: None,
        },
        class: index % 3,
        window: window.clone(),
    });
    let test = TestSet { labels: model.labels.clone(), sample_rate: 22_050, clips: clips.collect() };
    let clips = test.sources();
    let blob = quantise::export(&model, &windows).unwrap();
    let history = [(0.9, 0.4), (0.5, 0.75)].map(|(loss, accuracy)| Epoch {
        learning_rate: 1e-3,
        train_loss: loss,
        train_accuracy: accuracy,
        validation: (validation > 0).then_some(Validation { loss, accuracy, ua: accuracy }),
    });
    let run = FinishedTraining {
        preset: "tiny",
        classes: &ClassSet::Seven.into(),
        split,
        seed: 7,
        demonstration,
        train: &clips,
        validation: &clips[..validation],
        test: &test,
        whole: &windows.iter().map(Vec::as_slice).collect::<Vec<_>>(),
        history: &history,
        best_epoch: 1,
        model: &model,
        blob: &blob,
    };
    then(&run)
}

#[test]
fn metrics_have_the_keys_that_scripts_rely_on() {
    let metrics = written(Split::Speaker, false).metrics;
    assert_eq!(
        (&metrics["preset"], &metrics["classes"], &metrics["split"], &metrics["seed"]),
        (&"tiny".into(), &"seven".into(), &"speaker".into(), &7.into())
    );
    assert_eq!((&metrics["train"]["clips"], &metrics["validation"]["clips"]), (&6.into(), &2.into()));
    assert_eq!(metrics["validation"]["accuracy"], 0.75);
    for arithmetic in ["float", "int8"] {
        let scores = &metrics["test"][arithmetic];
        let counts = scores["confusion"].as_array().unwrap();
        let right: u64 = (0..3).map(|class| counts[class][class].as_u64().unwrap()).sum();
        // serde_json reads a decimal to within the last bit.
        assert!((scores["wa"].as_f64().unwrap() - right as f64 / 6.0).abs() < 1e-12);
        // Two clips a class: the mean recall is the share that is right.
        assert!((scores["ua"].as_f64().unwrap() - right as f64 / 6.0).abs() < 1e-12);
    }
}

/// All clips are of one speaker, who tells nothing of others.
#[test]
fn a_figure_of_one_speaker_has_no_interval() {
    let Written { page, metrics } = written(Split::Speaker, false);
    assert_eq!(metrics["intervals"]["int8"], serde_json::json!({ "wa": null, "ua": null }));
    assert!(page.contains("95 %: fewer than 3 speakers, no interval"));
}

#[test]
fn a_blob_that_lost_much_is_marked() {
    let page = |ua: f64| {
        with_run(Split::Speaker, false, 2, |run| {
            let mut comparison = Comparison::from(&Answers::ask(run.model, run.blob, run.test).unwrap());
            let ua_interval = Some(Interval([ua / 2.0, 2.0 * ua]));
            comparison.quantisation = QuantisationLoss { ua, ua_interval };
            let streamed = stream(run.blob, run.test, run.whole, &[]).unwrap();
            let elsewhere = Elsewhere { panel: Vec::new(), streamed };
            page::TrainingPage::new(run, &comparison, &elsewhere).unwrap().render().unwrap()
        })
    };
    assert!(page(0.124).contains("quantisation costs 12.4 points of UA (95 %: 6.2 to 24.8)"));
    assert!(!page(0.02).contains("quantisation costs"));
    let metrics = written(Split::Speaker, false).metrics;
    let scores = |arithmetic: &str| metrics["test"][arithmetic]["ua"].as_f64().unwrap();
    let lost = metrics["quantisation_loss"]["ua"].as_f64().unwrap();
    assert!((lost - (scores("float") - scores("int8"))).abs() < 1e-12);
}

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = written(Split::Speaker, true).page;
    for reference in ["http:", "https:", "src=\"/", "url(", "@import", "<script", "<link"] {
        assert!(!page.contains(reference), "{reference}");
    }
    assert_eq!(page.matches("data:image/png;base64,").count(), 3);
    // What withheld answers gain, the panel, the listener twice, three curves and the arena.
    assert_eq!(page.matches("<svg").count(), 8);
}

#[test]
fn the_panel_is_in_figures_and_as_a_picture() {
    let Written { page, metrics } = written(Split::Speaker, false);
    let panel = metrics["panel"].as_array().unwrap();
    let keys = |entry: &serde_json::Value| entry.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(
        panel
            .iter()
            .all(|entry| keys(entry) == ["condition", "confidence", "ece", "ece_by_chance", "ua", "wa"])
    );
    assert_eq!((panel.len(), &panel[0]["condition"]), (16, &"clean".into()));
    assert_eq!(panel[0]["ua"], metrics["test"]["int8"]["ua"]);
    for entry in panel {
        assert!(page.contains(entry["condition"].as_str().unwrap()), "{entry}");
        assert!(page.contains(&format!("{:.1}", 100.0 * entry["ece"].as_f64().unwrap())), "{entry}");
    }
}

#[test]
fn the_listener_is_in_figures_and_as_pictures() {
    let Written { page, metrics } = written(Split::Speaker, false);
    let stream = &metrics["stream"];
    assert_eq!(stream["utterances"], 6);
    assert!(page.contains(&format!("it found {} of\n6", stream["found"])));
    for place in stream["by_place"].as_array().unwrap() {
        assert!(page.contains(&format!(">\n{}\n</text>", place["place"].as_str().unwrap())), "{place}");
    }
}

#[test]
fn the_page_says_how_the_epoch_was_chosen() {
    assert!(written(Split::Speaker, false).page.contains("epoch 2,\nthe best on the validation clips."));
    let without = written_with(Split::Speaker, false, 0).page;
    assert!(without.contains("epoch 2,\nthe last: there are no validation clips"));
    assert!(!without.contains("the best on the validation clips"));
}

#[test]
fn file_names_are_text_not_markup() {
    let page = written(Split::Speaker, false).page;
    assert!(!page.contains("a<b>"));
    assert!(page.contains("a&#60;b&#62;0.wav"));
}

#[test]
fn figures_that_need_a_warning_get_it() {
    let warnings = |split, demonstration| {
        let page = written(split, demonstration).page;
        [page.contains("Demonstration, not speech"), page.contains("Inflated")]
    };
    assert_eq!(warnings(Split::Speaker, false), [false, false]);
    assert_eq!(warnings(Split::Speaker, true), [true, false]);
    assert_eq!(warnings(Split::Random, false), [false, true]);
}
