//! What another model, the teacher, says of recordings: a file of logits, whatever made them.

mod answers_file;
mod recording;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use recording::Recording;

use crate::corpus::{Clip, Parts};
use crate::data_table::DataTable;

/// No logit is larger: its softmax is a certainty long before.
const LARGEST: f32 = 1e6;

/// A teacher's answers: a logit for each class, by recording; None where there is no teacher.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Teacher(Option<BTreeMap<Recording, Arc<[f32]>>>);

/// The logits of a recording, by class, and how many of each were summed.
type LogitSums = BTreeMap<Recording, Vec<(f32, u16)>>;

impl Teacher {
    /// Reads CSV or Parquet files of logits for these classes: `path,label,logit`, or `path` and a column `float LABEL`
    /// for each label, as `clips.csv` has them. Paths are relative to the file; a column `blake3`, the hash of each
    /// recording's file, counts before them. Other columns and other labels play no part. Of several answers to a
    /// recording, in one file or more, the mean counts. The teacher need not know classes that are `absent` from what
    /// is learnt from: what it does not know it never says.
    ///
    /// # Errors
    /// Names the file, and the line or recording that can't be used.
    pub(crate) fn read(files: &[PathBuf], classes: &[String], absent: &[&str]) -> anyhow::Result<Self> {
        if files.is_empty() {
            return Ok(Self(None));
        }
        let mut sums = LogitSums::new();
        for file in files {
            let failed = || format!("cannot learn from the logits in {}", file.display());
            answers_file::add(file, classes, absent, &mut sums).with_context(failed)?;
        }
        let mean = |(recording, sums): (Recording, Vec<(f32, u16)>)| {
            let mean = |((sum, count), class): ((f32, u16), &String)| {
                if count == 0 && absent.contains(&class.as_str()) {
                    return Ok(-LARGEST);
                }
                ensure!(
                    count > 0,
                    "the teacher's logits for {recording} lack that of \"{class}\"; a logit is needed for each of: {}",
                    classes.join(", ")
                );
                Ok(sum / f32::from(count))
            };
            let logits = sums.into_iter().zip(classes).map(mean).collect::<anyhow::Result<_>>()?;
            Ok((recording, logits))
        };
        sums.into_iter().map(mean).collect::<anyhow::Result<_>>().map(|answers| Self(Some(answers)))
    }

    /// Makes sure that files of logits are there, and have answers, before recordings are decoded, which may take long.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn look_at(files: &[PathBuf]) -> anyhow::Result<()> {
        for file in files {
            let failed = || format!("cannot learn from the logits in {}", file.display());
            let table = DataTable::read(file).with_context(failed)?;
            answers_file::look_at(&table.header).with_context(failed)?;
            ensure!(!table.rows.is_empty(), "{}: it has no answers", failed());
        }
        Ok(())
    }

    /// The same for the files of every fold. Where the number of folds follows from the recordings, those that are
    /// there are looked at, and the first, which has to be.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn look_at_folds(folders: &[PathBuf], folds: Option<usize>) -> anyhow::Result<()> {
        for folder in folders {
            let files = (1..).map(|fold| (fold, file_of_fold(folder, fold)));
            let files = files
                .take_while(|(fold, file)| folds.map_or(*fold == 1 || file.exists(), |count| *fold <= count));
            for (_, file) in files {
                ensure!(
                    file.exists(),
                    "cannot learn from the logits in {}: No such file; a cross-validation needs one for each fold, of \
                     models that have not heard whom the fold tests",
                    file.display()
                );
                Self::look_at(&[file])?;
            }
        }
        Ok(())
    }

    /// Reads `FOLDER/fold-N/teacher.csv`, or `teacher.parquet`, of each folder, for fold N, counted from 1; nothing
    /// where there is no folder.
    ///
    /// # Errors
    /// Those of [`read`](Self::read).
    pub(crate) fn of_fold(
        folders: &[PathBuf],
        fold: usize,
        classes: &[String],
        absent: &[&str],
    ) -> anyhow::Result<Self> {
        let files: Vec<_> = folders.iter().map(|folder| file_of_fold(folder, fold)).collect();
        Self::read(&files, classes, absent)
    }

    /// What tells these answers from others.
    pub(crate) fn digest(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        for (recording, logits) in self.0.iter().flatten() {
            hasher.update(recording.bytes());
            logits.iter().for_each(|logit| _ = hasher.update(&logit.to_le_bytes()));
        }
        hasher.finalize()
    }

    /// What is said of a recording, if anything: where it lies, or of its content.
    pub(crate) fn logits(&self, recording: &Path) -> Option<Arc<[f32]>> {
        let answers = self.0.as_ref()?;
        let knows_contents = matches!(answers.last_key_value(), Some((Recording::Of(_), _)));
        let of_content = || answers.get(&Recording::of_file(recording).filter(|_| knows_contents)?);
        answers.get(&Recording::At(recording.canonicalize().ok()?)).or_else(of_content).cloned()
    }

    /// Makes sure that a teacher, if there is one, answers for training clips or for what nobody has labelled, and for
    /// none that is tested on: one that answers for those has most likely learnt from them, and passes on what it
    /// knows.
    ///
    /// # Errors
    /// Says how many test clips it answers for, or that it answers for nothing that is learnt from.
    pub(crate) fn ensure_apart(
        &self,
        recordings: &[Clip],
        parts: &Parts,
        unlabelled: &[PathBuf],
    ) -> anyhow::Result<()> {
        if self.0.is_none() {
            return Ok(());
        }
        let answered = |part: &[usize]| {
            part.iter().filter(|&&index| self.logits(&recordings[index].path).is_some()).count()
        };
        let Parts { train, validation, test } = parts;
        let tested = answered(test);
        ensure!(
            tested == 0,
            "the teacher's logits are for {tested} of the test recordings too; leave these out, and let the teacher \
             learn from the training recordings only (`--dry-run` writes their list, train.csv, which is a --data)"
        );
        let (known, besides) =
            (answered(train), unlabelled.iter().filter(|path| self.logits(path).is_some()).count());
        ensure!(
            known > 0 || besides > 0,
            "the teacher's logits are for none of the training recordings (and for {} of those that validate); check \
             their paths or hashes",
            answered(validation)
        );
        eprintln!("the teacher answers for {known} of {} training clips", train.len());
        if !unlabelled.is_empty() {
            ensure!(
                besides > 0,
                "the teacher's logits are for none of the recordings without labels; check their paths or hashes"
            );
            eprintln!("the teacher answers for {besides} of {} recordings without labels", unlabelled.len());
        }
        Ok(())
    }
}

fn file_of_fold(folder: &Path, fold: usize) -> PathBuf {
    let [csv, parquet] =
        ["teacher.csv", "teacher.parquet"].map(|name| folder.join(format!("fold-{fold}")).join(name));
    if parquet.exists() && !csv.exists() { parquet } else { csv }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with recordings `1.wav` to `3.wav` and some files of logits.
    fn folder(files: &[&str]) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        (1..=3).for_each(|number| std::fs::write(folder.path().join(format!("{number}.wav")), b"").unwrap());
        let write = |(number, text): (usize, &&str)| {
            let path = folder.path().join(format!("teacher-{number}.csv"));
            std::fs::write(&path, text).unwrap();
            path
        };
        let files = files.iter().enumerate().map(write).collect();
        (folder, files)
    }

    fn read(files: &[&str]) -> anyhow::Result<Vec<Option<Vec<f32>>>> {
        let (folder, files) = folder(files);
        let classes = ["calm", "stressed"].map(str::to_owned);
        let teacher = Teacher::read(&files, &classes, &[])?;
        let logits = |clip: Clip| teacher.logits(&clip.path).map(|logits| logits.to_vec());
        Ok(clips(folder.path()).into_iter().map(logits).collect())
    }

    fn clips(folder: &Path) -> Vec<Clip> {
        let corpus = crate::corpus::Corpus::new("own");
        let clip = |number| Clip {
            path: folder.join(format!("{number}.wav")),
            corpus: corpus.clone(),
            speaker: "anna".to_owned(),
            label: "calm".to_owned(),
            sex: None,
        };
        (1..=3).map(clip).collect()
    }

    #[test]
    fn a_file_without_answers_is_named_at_once() {
        let (folder, files) = folder(&["path,label,logit\n1.wav,calm,1\n", "", "path,label,logit\n"]);
        assert!(Teacher::look_at(&files[..1]).is_ok());
        for (file, expected) in files[1..].iter().zip(["it is empty", "it has no answers"]) {
            let error = format!("{:#}", Teacher::look_at(std::slice::from_ref(file)).unwrap_err());
            assert!(error.contains(&format!("{}: {expected}", file.display())), "{error}");
        }
        for (header, expected) in [
            (
                "path,label,float\n",
                "neither \"label\" and \"logit\" nor a column \"float LABEL\" for each label",
            ),
            ("float calm,float sad\n", "no column \"path\" or \"blake3\""),
        ] {
            let (_folder, files) = self::folder(&[header]);
            let error = format!("{:#}", Teacher::look_at(&files).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
        let missing = folder.path().join("missing.csv");
        let error = format!("{:#}", Teacher::look_at(&[missing]).unwrap_err());
        assert!(error.contains("missing.csv: No such file"), "{error}");
    }

    #[test]
    fn a_line_is_a_logit_or_a_recording() {
        let long = "path,label,logit\n1.wav,stressed,-2\n1.wav,calm,1.5\n1.wav,bored,9\n\
                    ./2.wav,calm,0\n2.wav,stressed,3\n";
        let wide = "path,label,float stressed,int8 calm,float calm\n\
                    1.wav,calm,-2,8,1.5\nold.wav,calm,1,1,1\n2.wav,calm,3,8,0\n";
        for text in [long, wide] {
            assert_eq!(read(&[text]).unwrap(), [Some(vec![1.5, -2.0]), Some(vec![0.0, 3.0]), None]);
        }
    }

    /// BLAKE3 of nothing, which the folder's recordings hold, by the paper's reference implementation.
    const NOTHING: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

    #[test]
    fn a_recording_is_known_by_its_content_wherever_it_lies() {
        let other = "00".repeat(32);
        let wide =
            format!("path,BLAKE3,float calm,float stressed\nfar/away.wav,{NOTHING},1,2\nb.wav,{other},8,8\n");
        let long = format!("blake3,label,logit\n{NOTHING},calm,1\n{},stressed,2\n", NOTHING.to_uppercase());
        for text in [&wide, &long] {
            assert_eq!(
                read(&[text]).unwrap(),
                [Some(vec![1.0, 2.0]), Some(vec![1.0, 2.0]), Some(vec![1.0, 2.0])]
            );
        }
        let by_path = "path,float calm,float stressed\n2.wav,5,6\n";
        assert_eq!(read(&[&wide, by_path]).unwrap()[1], Some(vec![5.0, 6.0]));
    }

    #[test]
    fn a_data_frame_answers_as_a_list_does() {
        let (folder, _) = folder(&[]);
        let bytes = include_bytes!("../../tests/data/teacher.parquet");
        let fold = folder.path().join("fold-1");
        std::fs::create_dir(&fold).unwrap();
        std::fs::write(fold.join("teacher.parquet"), bytes).unwrap();
        std::fs::write(fold.join("a, b.wav"), b"").unwrap();
        let folders = [folder.path().to_owned()];
        Teacher::look_at_folds(&folders, Some(1)).unwrap();
        let teacher = Teacher::of_fold(&folders, 1, &["calm", "sad"].map(str::to_owned), &[]).unwrap();
        assert_eq!(teacher.logits(&fold.join("a, b.wav")).unwrap()[..], [-0.5, 0.001]);
    }

    #[test]
    fn of_several_answers_the_mean_counts() {
        let first = "path,float calm,float stressed\n1.wav,1,2\n2.wav,5,6\n";
        let second = "path,float calm,float stressed\n1.wav,2,-4\n1.wav,3,-1\n";
        assert_eq!(read(&[first, second]).unwrap(), [Some(vec![2.0, -1.0]), Some(vec![5.0, 6.0]), None]);
    }

    #[test]
    fn what_can_t_be_used_is_named() {
        for (text, expected) in [
            ("label,logit\n", "no column \"path\" or \"blake3\""),
            ("blake3,label,logit\n1.wav,calm,1\n", "line 2: \"1.wav\" is no BLAKE3 hash"),
            ("path,float calm\n", "neither \"label\" and \"logit\" nor \"float stressed\""),
            ("path,label,logit\n1.wav,calm,high\n", "line 2: \"high\" is no logit"),
            ("path,float calm,float stressed\n1.wav,1,inf\n", "line 2: \"inf\" is no logit"),
            ("path,float calm,float stressed\n1.wav,1,3e38\n", "line 2: \"3e38\" is no logit"),
            ("path,label,logit\n1.wav,calm,1\n", "1.wav lack that of \"stressed\""),
        ] {
            let message = format!("{:#}", read(&[text]).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
        let missing = Teacher::read(&["nowhere.csv".into()], &[], &[]).unwrap_err();
        assert!(format!("{missing:#}").contains("nowhere.csv"));
    }

    #[test]
    fn what_is_not_learnt_from_a_teacher_need_not_know() {
        let classes = ["calm", "bored", "stressed"].map(str::to_owned);
        for text in [
            "path,label,logit\n1.wav,stressed,-2\n1.wav,calm,1.5\n",
            "path,float stressed,float calm\n1.wav,-2,1.5\n",
        ] {
            let (folder, files) = folder(&[text]);
            let teacher = Teacher::read(&files, &classes, &["bored"]).unwrap();
            let logits = teacher.logits(&folder.path().join("1.wav")).unwrap();
            assert_eq!(logits[..], [1.5, -LARGEST, -2.0]);
            let refused = crate::complaint(&Teacher::read(&files, &classes, &["calm"]).unwrap_err());
            assert!(refused.contains("bored"), "{refused}");
        }
    }

    #[test]
    fn files_of_folds_are_looked_at_as_far_as_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        let look = |folds| Teacher::look_at_folds(&folders, folds).map_err(|error| crate::complaint(&error));
        assert!(look(None).unwrap_err().contains("fold-1/teacher.csv: No such file"));
        for fold in 1..=2 {
            let file = file_of_fold(folder.path(), fold);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "path,label,logit\n1.wav,calm,1\n").unwrap();
        }
        assert_eq!((look(None), look(Some(2))), (Ok(()), Ok(())));
        assert!(look(Some(3)).unwrap_err().contains("fold-3/teacher.csv: No such file"));
        std::fs::write(file_of_fold(folder.path(), 2), "path,label,logit\n").unwrap();
        assert!(look(None).unwrap_err().contains("fold-2/teacher.csv: it has no answers"));
    }

    #[test]
    fn a_teacher_of_test_recordings_is_refused() {
        let text = "path,float calm,float stressed\n1.wav,1,2\n2.wav,5,6\n";
        let (folder, files) = folder(&[text]);
        let teacher = Teacher::read(&files, &["calm".to_owned(), "stressed".to_owned()], &[]).unwrap();
        let clips = clips(folder.path());
        let check = |train: &[usize], test: &[usize]| {
            let parts = Parts { train: train.to_vec(), validation: Vec::new(), test: test.to_vec() };
            teacher.ensure_apart(&clips, &parts, &[]).map_err(|error| error.to_string())
        };
        check(&[0, 1], &[2]).unwrap();
        assert!(check(&[0, 2], &[1]).unwrap_err().contains("for 1 of the test recordings"));
        assert!(check(&[2], &[]).unwrap_err().contains("none of the training recordings"));
        // Wherever its files are.
        let elsewhere = folder.path().join("elsewhere.csv");
        std::fs::write(&elsewhere, "path,float calm\ngone/1.wav,1\n").unwrap();
        let lost = Teacher::read(&[elsewhere], &["calm".to_owned()], &[]).unwrap();
        let parts = Parts { train: vec![0], validation: Vec::new(), test: vec![1] };
        let message = lost.ensure_apart(&clips, &parts, &[]).unwrap_err().to_string();
        assert!(message.contains("none of the training recordings"), "{message}");
        let none = Parts { train: vec![2], validation: Vec::new(), test: vec![0] };
        Teacher::default().ensure_apart(&clips, &none, &[]).unwrap();
        // What nobody has labelled is enough.
        let untested = Parts { test: Vec::new(), ..none };
        teacher.ensure_apart(&clips, &untested, &[clips[1].path.clone()]).unwrap();
    }
}
