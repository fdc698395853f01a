use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::difference::among_its_classes;
use super::stored;
use super::together::calibrated;
use crate::corpus::Clip;
use crate::evaluate::{Answer, Answers};
use crate::json_text;
use crate::preset::Preset;

/// The answers of a cross-validation, each of a model that has not heard the speaker, by which a model to ship is
/// calibrated.
pub(crate) struct AnswersToStrangers {
    folder: PathBuf,
    stored: Vec<Answers>,
    trained: Option<Trained>,
}

/// What the folder's `settings.json` says of its trainings.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Trained {
    preset: String,
    epochs: usize,
}

impl AnswersToStrangers {
    /// Reads those of a cross-validation's folder.
    ///
    /// # Errors
    /// Names the folder, and what in it can't be used.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let stored = stored(folder).with_context(|| failed(folder))?;
        let settings = std::fs::read(folder.join("settings.json")).ok();
        let trained = settings.and_then(|bytes| json_text::parse(bytes).ok());
        Ok(Self { folder: folder.to_owned(), stored, trained })
    }

    /// Says so if they are of another preset, or of more or fewer epochs: such a model may be surer of itself, or less.
    pub(crate) fn warning(&self, preset: &Preset) -> Option<String> {
        let ours = Trained { preset: preset.name.clone(), epochs: preset.recipe.epochs };
        let Trained { preset, epochs } = self.trained.as_ref().filter(|trained| **trained != ours)?;
        Some(format!(
            "{} is of {epochs} epochs of the preset {preset}, and this is a training of {} of {}: the temperature may \
             be another's",
            self.folder.display(),
            ours.epochs,
            ours.preset
        ))
    }

    /// The temperature at which they are least surprised by the labels, each among the classes that its corpus has: how
    /// seldom a corpus's clips are taken for what it lacks says nothing of speech in which there is that. All corpora
    /// count the same, and within a corpus all classes. Those to people in `tested` play no part.
    ///
    /// # Errors
    /// Names the folder if it has other labels, or no answers to anybody else.
    pub(crate) fn temperature(&self, labels: &[String], tested: &[Clip]) -> anyhow::Result<f64> {
        let failed = || failed(&self.folder);
        for answers in &self.stored {
            let theirs = answers.labels.join(", ");
            ensure!(answers.labels == labels, "{}: it tells {theirs} apart", failed());
        }
        let tested: BTreeSet<_> = tested.iter().map(Clip::voice).collect();
        let is_known = |answer: &&Answer| !tested.contains(&answer.voice());
        let known: Vec<&Answer> =
            self.stored.iter().flat_map(|answers| &answers.answers).filter(is_known).collect();
        ensure!(!known.is_empty(), "{}: it has answers to test recordings only", failed());
        Ok(calibrated(among_its_classes(&known).iter()).0)
    }
}

fn failed(folder: &Path) -> String {
    format!("cannot take a temperature from {}", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Both;

    const LABELS: [&str; 2] = ["calm", "stressed"];

    /// All answers are sure: right of anna's two clips, wrong of bo's.
    fn folder() -> tempfile::TempDir {
        folder_of("own")
    }

    fn folder_of(corpus: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let logits = |said: usize| [0, 1].map(|class| if class == said { 5.0 } else { 0.0 }).to_vec();
        let answer = |speaker: &str, truth: usize, said: usize| Answer {
            path: format!("{speaker}/{truth}.wav").into(),
            corpus: corpus.to_owned(),
            speaker: speaker.to_owned(),
            sex: None,
            truth,
            confidence: 0.9,
            logits: Both { float: logits(said), int8: logits(said) },
        };
        let answers = [("anna", 0, 0), ("anna", 1, 1), ("bo", 0, 1), ("bo", 1, 0)];
        let answers = answers.map(|(who, truth, said)| answer(who, truth, said));
        let training = folder.path().join("fold-1/seed-1");
        let answers = Answers { labels: LABELS.map(str::to_owned).to_vec(), answers: answers.to_vec() };
        answers.write(&training.join("clips.csv")).unwrap();
        std::fs::write(training.join("metrics.json"), "{}").unwrap();
        folder
    }

    fn clip(speaker: &str) -> Clip {
        let (corpus, sex) = (crate::corpus::Corpus::new("own"), None);
        Clip { path: "x.wav".into(), corpus, speaker: speaker.to_owned(), label: "calm".to_owned(), sex }
    }

    fn temperature(folder: &Path, labels: &[String], tested: &[Clip]) -> anyhow::Result<f64> {
        AnswersToStrangers::read(folder)?.temperature(labels, tested)
    }

    /// Half is right, and logits say nothing: the temperature is the highest, the cube of e. Of anna alone all is
    /// right: it is below 1, as low as f64 can tell losses apart.
    #[test]
    fn people_who_are_tested_play_no_part() {
        let (folder, labels) = (folder(), LABELS.map(str::to_owned));
        let of_all_but = |tested: &[Clip]| temperature(folder.path(), &labels, tested).unwrap();
        assert!((of_all_but(&[]).ln() - 3.0).abs() < 0.01);
        assert!(of_all_but(&[clip("bo")]) < 0.3);
        let alone = temperature(folder.path(), &labels, &[clip("anna"), clip("bo")]).unwrap_err();
        assert!(format!("{alone:#}").contains("answers to test recordings only"), "{alone:#}");
    }

    /// A corpus of calm speech alone cannot say how sure the model should be that it is not stressed.
    #[test]
    fn a_class_that_a_corpus_lacks_says_nothing() {
        let folder = folder();
        let of_all = temperature(folder.path(), &LABELS.map(str::to_owned), &[]).unwrap();
        let path = folder.path().join("fold-1/seed-1/clips.csv");
        let mut answers = Answers::read(&path).unwrap();
        let calm = Answer { corpus: "calm".to_owned(), ..answers.answers[2].clone() };
        answers.answers.push(calm);
        answers.write(&path).unwrap();
        assert_eq!(temperature(folder.path(), &LABELS.map(str::to_owned), &[]).unwrap(), of_all);
    }

    /// RAVDESS's song is of the people who speak in it, whose names in other corpora are those of others.
    #[test]
    fn who_is_tested_plays_no_part_in_another_corpus_either() {
        let (folder, labels) = (folder_of("ravdess-song"), LABELS.map(str::to_owned));
        let of = |corpus: &str| Clip { corpus: crate::corpus::Corpus::new(corpus), ..clip("bo") };
        let of_all_but = |tested: Clip| temperature(folder.path(), &labels, &[tested]).unwrap();
        assert!(of_all_but(of("ravdess")) < 0.3);
        assert!((of_all_but(of("savee")).ln() - 3.0).abs() < 0.01);
    }

    #[test]
    fn another_preset_is_told() {
        let (folder, preset) = (folder(), Preset::load("tiny".as_ref()).unwrap());
        let warning = |settings: &str| {
            std::fs::write(folder.path().join("settings.json"), settings).unwrap();
            AnswersToStrangers::read(folder.path()).unwrap().warning(&preset)
        };
        assert_eq!(warning(&format!(r#"{{"preset": "tiny", "epochs": {}}}"#, preset.recipe.epochs)), None);
        let told = warning(r#"{"preset": "small", "epochs": 7}"#).unwrap();
        assert!(told.contains("is of 7 epochs of the preset small, and this is a training of"), "{told}");
    }

    #[test]
    fn other_labels_and_empty_folders_are_refused() {
        let folder = folder();
        let other = temperature(folder.path(), &["calm".to_owned()], &[]).unwrap_err();
        assert!(format!("{other:#}").contains("it tells calm, stressed apart"), "{other:#}");
        let empty = tempfile::tempdir().unwrap();
        let none = temperature(empty.path(), &[], &[]).unwrap_err();
        assert!(format!("{none:#}").contains("no finished trainings"), "{none:#}");
    }
}
