//! The built-in corpus on disk.

use std::io::Cursor;
use std::path::Path;

use anyhow::{Context, ensure};
use indicatif::ParallelProgressIterator;
use rayon::prelude::*;

use super::layout::{MOST_CLIPS, utterances};
use super::render::render;
use crate::files::write_whole;
use crate::progress;

const README: &str = "README.md";

/// Where the README begins with this, the folder is a built-in corpus and may be written anew.
const MARKER: &str = "# Built-in demonstration corpus";

const NOTICE: &str = "
Every recording in this folder is synthetic: the formant synthesiser of `host-trainer synth` made it,
and no person spoke it. Folders and file names follow SAVEE, RAVDESS and CREMA-D so that their readers
can be shown at work, but nothing here comes from those corpora.

Accuracies measured on it show that the software works. They say nothing about how well a model recognises the
emotions of people.

`host-trainer synth` replaces these recordings when it is given this folder again.
";

/// Writes the first `clips` utterances under a folder, in the layouts of SAVEE, RAVDESS and CREMA-D, with a
/// README that says that they are synthetic. Replaces an earlier built-in corpus. Returns how many
/// recordings it wrote.
///
/// # Errors
/// When there are not so many utterances, when the folder holds anything but an earlier built-in corpus, or
/// when something cannot be written.
pub fn write_corpus(dir: &Path, clips: usize, seed: u64) -> anyhow::Result<usize> {
    let utterances = utterances(clips)?;
    clear(dir)?;
    // First, so that a corpus left half written is known for what it is.
    write_whole(&dir.join(README), format!("{MARKER}\n{NOTICE}").as_bytes())?;
    let bar = progress::bar(clips, "built-in corpus");
    utterances.par_iter().progress_with(bar).try_for_each(|utterance| {
        let recording = wav(&render(utterance, seed), utterance.sample_rate())?;
        write_whole(&dir.join(utterance.path()), &recording)
    })?;
    Ok(clips)
}

/// Whether a folder is one that [`write_corpus`] wrote.
#[must_use]
pub fn is_built_in(dir: &Path) -> bool {
    std::fs::read_to_string(dir.join(README)).is_ok_and(|readme| readme.starts_with(MARKER))
}

/// Takes an earlier built-in corpus away; refuses a folder with anything else in it.
fn clear(dir: &Path) -> anyhow::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    ensure!(dir.is_dir(), "{} is a file; name a new folder for the corpus", dir.display());
    let mut entries = dir.read_dir().with_context(|| format!("cannot read folder {}", dir.display()))?;
    if entries.next().is_none() {
        return Ok(());
    }
    ensure!(
        is_built_in(dir),
        "{} holds something else than a built-in corpus: name a new folder for it",
        dir.display()
    );
    for utterance in utterances(MOST_CLIPS)? {
        let path = dir.join(utterance.path());
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot replace {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A mono 16-bit WAV file.
fn wav(samples: &[i16], sample_rate: u32) -> anyhow::Result<Vec<u8>> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = hound::WavWriter::new(&mut file, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;
    use crate::corpus::{Corpus, Sources, scan};
    use crate::synth::Layout;

    /// Every file under a folder.
    fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
        walkdir::WalkDir::new(dir)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.is_file())
            .map(|path| (path.strip_prefix(dir).unwrap().display().to_string(), fs::read(&path).unwrap()))
            .collect()
    }

    fn written(clips: usize, seed: u64, threads: usize) -> BTreeMap<String, Vec<u8>> {
        let dir = tempfile::tempdir().unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| write_corpus(dir.path(), clips, seed)).unwrap();
        contents(dir.path())
    }

    #[test]
    fn the_readers_know_every_name_and_take_it_for_nobody_s() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(write_corpus(dir.path(), 30, 1).unwrap(), 30);
        let scan = scan(&Sources {
            paths: vec![dir.path().join("RAVDESS"), dir.path().to_owned()],
            ..Sources::default()
        })
        .unwrap();
        assert_eq!(scan.left_out, []);
        assert!(scan.clips.iter().all(|clip| clip.corpus == Corpus::built_in()));
        assert_eq!(scan.clips.len(), 30);
    }

    #[test]
    fn each_corpus_has_its_own_sample_rate_and_mono_16_bit_samples() {
        let dir = tempfile::tempdir().unwrap();
        write_corpus(dir.path(), 5, 1).unwrap();
        for utterance in utterances(5).unwrap() {
            let spec = hound::WavReader::open(dir.path().join(utterance.path())).unwrap().spec();
            let rate = match utterance.layout() {
                Layout::Savee => 44_100,
                Layout::Ravdess => 48_000,
                Layout::CremaD => 16_000,
            };
            assert_eq!((spec.sample_rate, spec.channels, spec.bits_per_sample), (rate, 1, 16));
        }
    }

    #[test]
    fn a_seed_gives_the_same_bytes_on_any_number_of_threads() {
        assert_eq!(written(10, 3, 1), written(10, 3, 4));
    }

    #[test]
    fn another_seed_gives_other_recordings_under_the_same_names() {
        let (one, other) = (written(10, 3, 2), written(10, 4, 2));
        assert!(one.keys().eq(other.keys()));
        assert!(
            one.iter().filter(|(name, _)| name.ends_with("wav")).all(|(name, bytes)| other[name] != *bytes)
        );
    }

    #[test]
    fn a_larger_corpus_holds_the_smaller_one() {
        let larger = written(20, 3, 2);
        assert!(written(10, 3, 2).iter().all(|(name, bytes)| larger[name] == *bytes));
    }

    #[test]
    fn says_that_it_is_synthetic() {
        let files = written(1, 3, 1);
        assert!(String::from_utf8_lossy(&files[README]).contains("synthetic"));
    }

    #[test]
    fn an_earlier_built_in_corpus_is_replaced_and_other_files_beside_it_stay() {
        let dir = tempfile::tempdir().unwrap();
        write_corpus(dir.path(), 20, 1).unwrap();
        fs::write(dir.path().join("notes.txt"), "mine").unwrap();
        write_corpus(dir.path(), 5, 1).unwrap();
        let mut expected = written(5, 1, 2);
        expected.insert("notes.txt".to_owned(), b"mine".to_vec());
        assert_eq!(contents(dir.path()), expected);
    }

    #[test]
    fn a_folder_with_anything_else_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("DC")).unwrap();
        fs::write(dir.path().join("DC/sa01.wav"), "a real recording").unwrap();
        let before = contents(dir.path());
        let error = write_corpus(dir.path(), 5, 1).unwrap_err().to_string();
        assert!(error.contains(&dir.path().display().to_string()), "{error}");
        assert_eq!(contents(dir.path()), before);
    }

    #[test]
    fn a_file_in_the_folders_place_and_impossible_counts_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = write_corpus(file.path(), 5, 1).unwrap_err().to_string();
        assert!(error.contains(&format!("{} is a file", file.path().display())), "{error}");
        let dir = tempfile::tempdir().unwrap();
        for clips in [0, MOST_CLIPS + 1] {
            assert!(write_corpus(dir.path(), clips, 1).is_err());
        }
        assert!(contents(dir.path()).is_empty());
    }
}
