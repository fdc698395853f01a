//! A folder of recordings: of published corpora, known by their names, or with a folder for each label.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use regex::Regex;

use super::files::audio_files;
use super::readers::{self, Tables};
use super::{Clip, Corpus, LeftOut, Why};

/// What is in a folder.
///
/// # Errors
/// It can't be read, or holds no recordings that are known by name or lie in folders.
pub(super) fn read(
    folder: &Path,
    speaker_pattern: Option<&Regex>,
    tables: &Tables,
    left_out: &mut Vec<LeftOut>,
) -> anyhow::Result<Vec<Clip>> {
    let files = audio_files(folder, left_out)?;
    let shown = folder.display();
    ensure!(
        !files.is_empty(),
        "no recordings in {shown}: expected files of published corpora, named as in {}, or a folder for each label",
        readers::examples()
    );
    let by_name: Vec<Clip> = files.iter().filter_map(|path| Clip::read(path, tables)).collect();
    let clips = if by_name.is_empty() { by_label(folder, &files, speaker_pattern) } else { by_name };
    ensure!(
        !clips.is_empty(),
        "none of the {} audio files in {shown} has a known name or lies in a folder that could be its label ({} for \
         one): expected {}",
        files.len(),
        files[0].display(),
        readers::examples()
    );
    // Both lists are in the order of the files.
    let mut known = clips.iter().map(|clip| &clip.path).peekable();
    for path in &files {
        if known.next_if(|&clip| clip == path).is_none() {
            left_out.push(LeftOut { path: path.clone(), why: Why::UnknownName });
        }
    }
    Ok(clips)
}

/// Below the folder, the first folder is the label and the second, if there is one, the speaker.
fn by_label(folder: &Path, files: &[PathBuf], speaker_pattern: Option<&Regex>) -> Vec<Clip> {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let corpus = Corpus::new(&absolute.file_name().unwrap_or_default().to_string_lossy());
    let clip = |path: &PathBuf| {
        let below = path.strip_prefix(folder).ok()?;
        let folders: Vec<&str> = below.parent()?.iter().map(|part| part.to_str()).collect::<Option<_>>()?;
        let speaker = match speaker_pattern {
            Some(pattern) => found(pattern, below),
            None => folders.get(1).map(|&name| name.to_owned()),
        };
        Some(Clip {
            path: path.clone(),
            corpus: corpus.clone(),
            speaker: speaker.unwrap_or_else(|| Clip::UNKNOWN_SPEAKER.to_owned()),
            label: (*folders.first()?).to_owned(),
            sex: None,
        })
    };
    files.iter().filter_map(clip).collect()
}

/// The pattern's group in a path below the folder.
fn found(pattern: &Regex, below: &Path) -> Option<String> {
    Some(pattern.captures(below.to_str()?)?.get(1)?.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[&str]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for file in files {
            let path = folder.path().join("My calls").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, []).unwrap();
        }
        folder
    }

    fn known(folder: &TempDir, pattern: Option<&str>) -> Vec<(String, String)> {
        let pattern = pattern.map(|pattern| Regex::new(pattern).unwrap());
        let clips =
            read(&folder.path().join("My calls"), pattern.as_ref(), &Tables::default(), &mut Vec::new())
                .unwrap();
        assert!(clips.iter().all(|clip| clip.corpus.id() == "my-calls"));
        clips.into_iter().map(|clip| (clip.label, clip.speaker)).collect()
    }

    fn pairs<const N: usize>(expected: [(&str, &str); N]) -> Vec<(String, String)> {
        expected.map(|(label, speaker)| (label.to_owned(), speaker.to_owned())).into()
    }

    #[test]
    fn a_folder_is_a_label_and_one_below_it_a_speaker() {
        let folder = folder(&["calm/anna/1.wav", "calm/bo/deep/1.aiff", "stressed/2.m4a", "stray.wav"]);
        let expected = pairs([("calm", "anna"), ("calm", "bo"), ("stressed", Clip::UNKNOWN_SPEAKER)]);
        assert_eq!(known(&folder, None), expected);
    }

    #[test]
    fn a_pattern_finds_the_speaker_in_the_path() {
        let folder = folder(&["calm/s07-1.wav", "stressed/s12-1.wav", "stressed/other.wav"]);
        let expected = pairs([("calm", "07"), ("stressed", Clip::UNKNOWN_SPEAKER), ("stressed", "12")]);
        assert_eq!(known(&folder, Some(r"/s(\d+)-")), expected);
    }

    #[test]
    fn known_names_win_and_files_of_the_system_are_counted() {
        let folder = folder(&["x/DC_sa03.wav", "x/._DC_sa03.wav", "__MACOSX/x/DC_sa04.wav", "x/own.wav"]);
        let mut left_out = Vec::new();
        let clips = read(folder.path(), None, &Tables::default(), &mut left_out).unwrap();
        assert_eq!(clips.iter().map(|clip| clip.speaker.as_str()).collect::<Vec<_>>(), ["DC"]);
        let mut reasons: Vec<Why> = left_out.into_iter().map(|file| file.why).collect();
        reasons.sort();
        assert_eq!(reasons, [Why::SystemFile, Why::SystemFile, Why::UnknownName]);
    }
}
