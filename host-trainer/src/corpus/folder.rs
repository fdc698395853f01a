//! A folder of recordings: of published corpora, known by their names, or with a folder for each label.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use regex::Regex;

use super::files::audio_files;
use super::layout::Layout;
use super::readers::{self, Tables};
use super::{Clip, Corpus, LeftOut, Why, own_folders};

/// What is in a folder.
#[derive(Debug)]
pub(super) struct FolderContents {
    pub(super) clips: Vec<Clip>,
    /// Whether folders are their labels.
    pub(super) is_by_label: bool,
    pub(super) left_out: Vec<LeftOut>,
    /// What to tell the user.
    pub(super) warnings: Vec<String>,
}

/// Reads a folder.
///
/// # Errors
/// It can't be read, holds no recordings that are known by name or lie in folders, or has two labels or speakers of one
/// name.
pub(super) fn read(
    folder: &Path,
    speaker_pattern: Option<&Regex>,
    tables: &Tables,
) -> anyhow::Result<FolderContents> {
    let (mut left_out, mut warnings) = (Vec::new(), Vec::new());
    let files = audio_files(folder, &mut left_out)?;
    let shown = folder.display();
    ensure!(
        !files.is_empty(),
        "no recordings in {shown}: expected files of published corpora, named as in {}, or a folder for each label",
        readers::examples()
    );
    let by_name: Vec<Clip> = files.iter().filter_map(|path| Clip::read(path, tables)).collect();
    let is_by_label = by_name.is_empty();
    let clips = if is_by_label { by_label(folder, &files, speaker_pattern, &mut warnings)? } else { by_name };
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
    if !is_by_label {
        warnings.extend(names_hide_labels(folder, &clips, &left_out));
        warnings.extend(own_folders::warning(folder, &clips));
    }
    Ok(FolderContents { clips, is_by_label, left_out, warnings })
}

/// Says so where a few published names keep other recordings from being labelled by the folders that they lie in.
fn names_hide_labels(folder: &Path, by_name: &[Clip], left_out: &[LeftOut]) -> Option<String> {
    let in_folder = |file: &&LeftOut| file.why == Why::UnknownName && file.path.parent() != Some(folder);
    let (known, others) = (by_name.first()?, left_out.iter().filter(in_folder));
    let first = others.clone().next()?;
    Some(format!(
        "in {}, {} of {} recordings are named as those of a published corpus are ({} is of {}): so folders count as \
         no labels, and recordings of other names are left out, such as {}; move either kind to a folder of its own, \
         or list all in a CSV file of path,label",
        folder.display(),
        by_name.len(),
        by_name.len() + others.count(),
        known.path.display(),
        known.corpus,
        first.path.display()
    ))
}

/// Below the folder, the first folder is the label and the second, if there is one, the speaker.
fn by_label(
    folder: &Path,
    files: &[PathBuf],
    speaker_pattern: Option<&Regex>,
    warnings: &mut Vec<String>,
) -> anyhow::Result<Vec<Clip>> {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let corpus = Corpus::new(&absolute.file_name().unwrap_or_default().to_string_lossy());
    let (mut labels, mut speakers, mut clips) = (Names::default(), Names::default(), Vec::new());
    let mut layout = Layout::default();
    for path in files {
        let below = path.strip_prefix(folder).unwrap_or(path);
        let mut folders = below.parent().into_iter().flatten();
        let Some(label) = folders.next() else { continue };
        let within = folders.next();
        layout.labels.insert(label.to_string_lossy().into_owned());
        layout.speakers.extend(within.map(|name| name.to_string_lossy().into_owned()));
        let speaker = match (speaker_pattern, within) {
            (Some(pattern), _) => matched(pattern, below),
            (None, Some(name)) => Some(speakers.name(name, path)?),
            (None, None) => None,
        };
        clips.push(Clip {
            path: path.clone(),
            corpus: corpus.clone(),
            speaker: speaker.unwrap_or_else(|| Clip::UNKNOWN_SPEAKER.to_owned()),
            label: labels.name(label, path)?,
            sex: None,
        });
    }
    warnings.extend(labels.warnings().chain(speakers.warnings()).chain(layout.warning(folder)));
    Ok(clips)
}

/// The pattern's group in a path below the folder.
fn matched(pattern: &Regex, below: &Path) -> Option<String> {
    Some(pattern.captures(&below.to_string_lossy())?.get(1)?.as_str().to_owned())
}

/// Folders by what they are called, as not all of them are named in UTF-8: with the first recording in each.
#[derive(Default)]
struct Names<'p>(BTreeMap<String, (&'p OsStr, &'p Path)>);

impl<'p> Names<'p> {
    /// What a folder on a recording's path is called, with a mark in place of what is not UTF-8.
    fn name(&mut self, folder: &'p OsStr, recording: &'p Path) -> anyhow::Result<String> {
        let name = folder.to_string_lossy();
        let (known, first) = self.0.entry(name.to_string()).or_insert((folder, recording));
        ensure!(
            *known == folder,
            "the folders {known:?} (of {}) and {folder:?} (of {}) are not named in UTF-8, and both would be called \
             \"{name}\"; rename one",
            first.display(),
            recording.display()
        );
        Ok(name.into_owned())
    }

    fn warnings(self) -> impl Iterator<Item = String> {
        let unclear = self.0.into_iter().filter(|(_, (folder, _))| folder.to_str().is_none());
        unclear.map(|(name, (folder, recording))| {
            format!(
                "the folder {folder:?} (of {}) is not named in UTF-8 and counts as \"{name}\"; rename it",
                recording.display()
            )
        })
    }
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
        let found = read(&folder.path().join("My calls"), pattern.as_ref(), &Tables::default()).unwrap();
        assert!(found.is_by_label && found.warnings.is_empty());
        let clips = found.clips;
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

    /// ä in Latin-1, as old archives have it.
    #[cfg(unix)]
    #[test]
    fn folders_that_are_not_utf_8_are_called_what_can_be_read_of_them() {
        use std::os::unix::ffi::OsStrExt;
        let outer = folder(&["calm/bo/1.wav"]);
        let add = |path: &[u8]| {
            let path = outer.path().join("My calls").join(OsStr::from_bytes(path));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, []).unwrap();
        };
        let found = || read(&outer.path().join("My calls"), None, &Tables::default());
        add(b"\xe4rger/J\xfcrgen/1.wav");
        let FolderContents { clips, warnings, left_out, .. } = found().unwrap();
        let names: Vec<_> = clips.iter().map(|clip| (clip.label.as_str(), clip.speaker.as_str())).collect();
        assert_eq!(names, [("calm", "bo"), ("\u{fffd}rger", "J\u{fffd}rgen")]);
        assert_eq!((warnings.len(), left_out.len()), (2, 0));
        assert!(
            warnings[0].contains(r#"the folder "\xE4rger""#) && warnings[0].contains("1.wav"),
            "{warnings:?}"
        );
        let pattern = Regex::new("/(.*)/").unwrap();
        let by_pattern = read(&outer.path().join("My calls"), Some(&pattern), &Tables::default()).unwrap();
        assert_eq!(by_pattern.clips[1].speaker, "J\u{fffd}rgen");

        add(b"\xf6rger/bo/1.wav");
        let refused = found().unwrap_err().to_string();
        assert!(refused.contains(r#""\xE4rger""#) && refused.contains(r#""\xF6rger""#), "{refused}");
        assert!(refused.contains("both would be called") && refused.lines().count() == 1, "{refused}");
    }

    #[test]
    fn known_names_win_and_files_of_the_system_are_counted() {
        let folder = folder(&["x/DC_sa03.wav", "x/._DC_sa03.wav", "__MACOSX/x/DC_sa04.wav", "x/own.wav"]);
        let FolderContents { clips, left_out, is_by_label, warnings } =
            read(folder.path(), None, &Tables::default()).unwrap();
        assert!(!is_by_label);
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].contains("1 of 2 recordings are named") && warnings[0].contains("x/own.wav"),
            "{warnings:?}"
        );
        assert_eq!(clips.iter().map(|clip| clip.speaker.as_str()).collect::<Vec<_>>(), ["DC"]);
        let mut reasons: Vec<Why> = left_out.into_iter().map(|file| file.why).collect();
        reasons.sort();
        assert_eq!(reasons, [Why::SystemFile, Why::SystemFile, Why::UnknownName]);
    }
}
