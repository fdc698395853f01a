use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, bail, ensure};
use rayon::prelude::*;

use super::{Both, Confusion, Scorer, TestClip, TestSet, largest};
use crate::corpus::{Corpus, Sex};
use crate::features::Voice;
use crate::files;
use crate::network::{FloatModel, infer};

/// What stands before each label in the header: of the blob, and of the float network.
const PREFIXES: Both<&str> = Both { float: "float ", int8: "int8 " };
/// The other columns, in their order.
const COLUMNS: [&str; 7] = ["path", "corpus", "speaker", "sex", "label", "predicted", "confidence"];

/// What a model says of test clips, clip by clip: `clips.csv`, from which all figures follow without the model.
///
/// A line a clip: `path,corpus,speaker,sex,label,predicted,confidence`, then `int8 LABEL` and `float LABEL` for each
/// label: the logits divided by the model's temperature, so that their softmax is the confidence. Those of the blob are
/// dequantised. `predicted` and `confidence` are the blob's, as the engine says them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answers {
    /// In the order of the logits.
    pub labels: Vec<String>,
    /// In the order of the clips.
    pub answers: Vec<Answer>,
}

/// What a model says of a clip.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The file.
    pub path: PathBuf,
    /// Its corpus's name.
    pub corpus: String,
    /// Who speaks, as the corpus names them.
    pub speaker: String,
    /// Where it is known.
    pub sex: Option<Sex>,
    /// The index of the right label.
    pub truth: usize,
    /// The probability that the blob gives to its answer, 0 to 1.
    pub confidence: f32,
    /// Over the temperature; a value for each label.
    pub logits: Both<Vec<f32>>,
}

impl Answer {
    /// Who is heard, as [`Clip::voice`](crate::corpus::Clip::voice) has it.
    #[must_use]
    pub fn voice(&self) -> (Corpus, &str) {
        (Corpus::new(&self.corpus).people(), &self.speaker)
    }

    /// The blob's confidence, and whether it was right.
    #[must_use]
    pub fn judged(&self) -> (f32, bool) {
        (self.confidence, self.said().int8 == self.truth)
    }

    /// The labels of the highest logits.
    #[must_use]
    pub fn said(&self) -> Both<usize> {
        self.logits.map(|logits| largest(logits))
    }
}

impl Answers {
    /// Asks a model, and the blob that was made from it, on all cores.
    ///
    /// # Errors
    /// The engine refuses the blob.
    pub fn ask(model: &FloatModel, blob: &[u8], test: &TestSet) -> anyhow::Result<Self> {
        let scorer = Scorer::new(blob)?;
        let answer = |clip: &TestClip| {
            let said = scorer.classify(&clip.window);
            let step = scorer.logit_step();
            let input = model.hearing.input(&clip.window, &Voice::default());
            let float = infer::logits(&model.network, &model.weights, &[input]).concat();
            Answer {
                // The file of answers may lie elsewhere, and be read from elsewhere.
                path: absolute(&clip.source.path).unwrap_or_else(|_| clip.source.path.clone()),
                corpus: clip.source.corpus.id().to_owned(),
                speaker: clip.source.speaker.clone(),
                sex: clip.source.sex,
                truth: clip.class,
                confidence: said.confidence,
                logits: Both {
                    float: float.into_iter().map(|logit| logit / model.temperature).collect(),
                    int8: said.scores.iter().map(|&score| step * f32::from(score)).collect(),
                },
            }
        };
        Ok(Self { labels: model.labels.clone(), answers: test.clips.par_iter().map(answer).collect() })
    }

    /// The answers by true and by said class.
    #[must_use]
    pub fn confusions(&self) -> Both<Confusion> {
        confusions(&self.labels, &self.answers)
    }

    /// Writes them as CSV.
    ///
    /// # Errors
    /// Names the file that can't be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut table = csv::Writer::from_writer(Vec::new());
        let header = |prefix: &'static str| self.labels.iter().map(move |label| format!("{prefix}{label}"));
        let columns = COLUMNS.map(str::to_owned).into_iter();
        table.write_record(columns.chain(header(PREFIXES.int8)).chain(header(PREFIXES.float)))?;
        for answer in &self.answers {
            let label = |class: usize| self.labels.get(class).cloned().unwrap_or_default();
            let known = [
                answer.path.display().to_string(),
                answer.corpus.clone(),
                answer.speaker.clone(),
                answer.sex.map_or("", Sex::name).to_owned(),
                label(answer.truth),
                label(answer.said().int8),
                answer.confidence.to_string(),
            ];
            let logits = answer.logits.int8.iter().chain(&answer.logits.float).map(ToString::to_string);
            table.write_record(known.into_iter().chain(logits))?;
        }
        files::write_whole(path, &table.into_inner()?)
    }

    /// Reads what [`write`](Self::write) wrote.
    ///
    /// # Errors
    /// Names the file, and the line that is none of such a table.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let failed = || format!("cannot use {}", path.display());
        let bytes = std::fs::read(path).with_context(failed)?;
        Self::parse(&bytes).with_context(failed)
    }

    fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut table = csv::Reader::from_reader(bytes);
        let header = table.headers()?.clone();
        ensure!(
            header.iter().take(COLUMNS.len()).eq(COLUMNS),
            "its header does not begin with {}",
            COLUMNS.join(",")
        );
        let labels = labels(&header)?;
        let answers = table.records().map(|record| answer(&record?, &labels));
        Ok(Self { answers: answers.collect::<anyhow::Result<_>>()?, labels })
    }
}

/// Answers by true and by said class.
pub(crate) fn confusions<'a>(
    labels: &[String],
    answers: impl IntoIterator<Item = &'a Answer>,
) -> Both<Confusion> {
    let mut confusions = Both { float: Confusion::new(labels), int8: Confusion::new(labels) };
    for answer in answers {
        let said = answer.said();
        confusions.float.add(answer.truth, said.float);
        confusions.int8.add(answer.truth, said.int8);
    }
    confusions
}

/// Those of the blob's columns, which the float network's must repeat.
fn labels(header: &csv::StringRecord) -> anyhow::Result<Vec<String>> {
    let of = |prefix: &str| -> Vec<String> {
        header.iter().filter_map(|column| column.strip_prefix(prefix)).map(str::to_owned).collect()
    };
    let names = of(PREFIXES.int8);
    ensure!(
        names.len() >= 2 && names == of(PREFIXES.float) && header.len() == COLUMNS.len() + 2 * names.len(),
        "its header has not the columns \"int8 LABEL\" and \"float LABEL\" of the same labels"
    );
    Ok(names)
}

fn answer(record: &csv::StringRecord, labels: &[String]) -> anyhow::Result<Answer> {
    let line = record.position().map_or(0, csv::Position::line);
    let (Some([path, corpus, speaker, sex, label, _, confidence]), numbers) = (
        record.iter().take(COLUMNS.len()).collect::<Vec<_>>().first_chunk().copied(),
        record.iter().skip(COLUMNS.len()),
    ) else {
        bail!("line {line} is cut short");
    };
    let number =
        |text: &str| text.parse::<f32>().with_context(|| format!("line {line}: {text} is not a number"));
    let mut int8 = numbers.map(number).collect::<anyhow::Result<Vec<f32>>>()?;
    let float = int8.split_off(labels.len());
    let truth = labels.iter().position(|own| own == label);
    Ok(Answer {
        path: path.into(),
        corpus: corpus.to_owned(),
        speaker: speaker.to_owned(),
        sex: Sex::ALL.into_iter().find(|own| own.name() == sex),
        truth: truth.with_context(|| format!("line {line}: no column has the logits of {label}"))?,
        confidence: number(confidence)?,
        logits: Both { float, int8 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantise::testing::model_and_clips;
    use crate::{corpus::Clip, quantise};

    const HEADER: &str =
        "path,corpus,speaker,sex,label,predicted,confidence,int8 sad,int8 angry,float sad,float angry";

    fn parse(text: &str) -> anyhow::Result<Answers> {
        Answers::parse(text.as_bytes())
    }

    #[test]
    fn a_table_is_read() {
        let answers =
            parse(&format!("{HEADER}\n\"a,b.wav\",own,Ann,female,angry,sad,0.75,1.5,-2,0.5,1\n")).unwrap();
        assert_eq!(answers.labels, ["sad", "angry"]);
        let answer = &answers.answers[0];
        assert_eq!(
            (answer.path.to_str(), answer.speaker.as_str(), answer.truth),
            (Some("a,b.wav"), "Ann", 1)
        );
        assert_eq!((answer.sex, answer.confidence), (Some(Sex::Female), 0.75));
        assert_eq!(answer.logits, Both { float: vec![0.5, 1.0], int8: vec![1.5, -2.0] });
        assert_eq!(answer.said(), Both { float: 1, int8: 0 });
        assert_eq!(answers.confusions().float.wa(), 1.0);
    }

    #[test]
    fn tables_that_are_none_are_explained() {
        let complaint = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert!(complaint("a,b\n").contains("does not begin with path,corpus"));
        assert!(complaint(&HEADER.replace("float sad", "float calm")).contains("of the same labels"));
        assert!(complaint(&format!("{HEADER}\na,b,c,,angry,sad,0.5,1,2,3,much\n")).contains("line 2: much"));
        assert!(complaint(&format!("{HEADER}\na,b,c,,calm,sad,0.5,1,2,3,4\n")).contains("line 2: no column"));
        assert!(parse(&format!("{HEADER}\na,b\n")).is_err());
    }

    /// What is written is read back, the blob's logits have the confidence that the engine says, and both arithmetics
    /// the model's classes.
    #[test]
    fn a_model_s_answers_come_back() {
        let (model, windows) = model_and_clips(11);
        let blob = quantise::export(&model, &windows).unwrap();
        let source = Clip::from_path("DC_sa03.wav".as_ref()).unwrap();
        let clips = windows.iter().map(|window| TestClip {
            source: source.clone(),
            class: 1,
            window: window.clone(),
        });
        let test = TestSet { labels: model.labels.clone(), sample_rate: 22_050, clips: clips.collect() };
        let answers = Answers::ask(&model, &blob, &test).unwrap();
        for answer in &answers.answers {
            let softmax = infer::softmax(&answer.logits.int8);
            assert!((softmax[answer.said().int8] - answer.confidence).abs() < 1.0 / 128.0, "{answer:?}");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clips.csv");
        answers.write(&file).unwrap();
        assert_eq!(Answers::read(&file).unwrap(), answers);
    }
}
