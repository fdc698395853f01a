use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use regex::Regex;

use super::files::is_lossless;
use super::manifest::Listed;
use super::readers::Tables;
use super::{Clip, Corpus, LabelMap, LeftOut, Why, folder, manifest, those};
use crate::synth;

/// Where to look for recordings, and how to read what is found.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Folders, and CSV files that list recordings.
    pub paths: Vec<PathBuf>,
    /// Other names for labels.
    pub labels: LabelMap,
    /// In folders with one for each label: its group is the speaker in a recording's path below the folder.
    pub speaker_pattern: Option<Regex>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The recordings, sorted by path.
    pub clips: Vec<Clip>,
    /// By the path of a recording, another file of the same recording, which will do if that is broken.
    pub copies: HashMap<PathBuf, Clip>,
    /// Files that are not used.
    pub left_out: Vec<LeftOut>,
    /// What a user should know besides: options that match nothing, and names that can't be written.
    pub warnings: Vec<String>,
}

/// Finds recordings: in folders, at any depth, and in lists.
///
/// # Errors
/// A folder or list that is missing or can't be read, or one without recordings that could be recognised; the
/// message says what was found and what is expected. Or the labels' new names leave nothing.
pub fn scan(sources: &Sources) -> anyhow::Result<Scan> {
    let Sources { paths, labels, speaker_pattern } = sources;
    let (mut clips, mut by_label, tables) = (Vec::new(), Vec::new(), Tables::default());
    let (mut left_out, mut warnings) = (Vec::new(), Vec::new());
    for path in paths {
        if is_list(path) {
            let listed = there(path, manifest::read(path)?, &mut left_out)?;
            clips.extend(listed.into_iter().map(|Listed { line, clip }| {
                let said_by = format!("in line {line} of {}", path.display());
                Found { clip, said_by }
            }));
            continue;
        }
        let found = folder::read(path, speaker_pattern.as_ref(), &tables)?;
        if found.is_by_label {
            by_label.push(clips.len()..clips.len() + found.clips.len());
        }
        let said_by = if found.is_by_label { "by its folder" } else { "by its name" };
        clips.extend(found.clips.into_iter().map(|clip| Found { clip, said_by: said_by.to_owned() }));
        left_out.extend(found.left_out);
        warnings.extend(found.warnings);
    }
    warnings.extend(unmatched_labels(labels, &clips));
    if let Some(pattern) = speaker_pattern {
        let asked: Vec<&Clip> =
            by_label.into_iter().flat_map(|range| &clips[range]).map(|found| &found.clip).collect();
        warnings.extend(unmatched_pattern(pattern, &asked));
    }
    let found = relabelled(clips, labels, &mut left_out);
    let found = agreed(found, |clip| Some(clip.label.clone()), Why::TwoLabels, &mut left_out);
    let speaker = |clip: &Clip| clip.has_speaker().then(|| clip.speaker.clone());
    let found = agreed(found, speaker, Why::TwoSpeakers, &mut left_out);
    let mut clips: Vec<Clip> = found.into_iter().map(|found| found.clip).collect();
    // Of a recording's files one that lost nothing counts, and the first by path.
    clips.sort_by(|a, b| (!is_lossless(&a.path), &a.path).cmp(&(!is_lossless(&b.path), &b.path)));
    clips.dedup();
    left_out.sort_by(|a, b| a.path.cmp(&b.path));
    left_out.dedup();

    let mut scan = Scan { clips: Vec::new(), copies: HashMap::new(), left_out, warnings };
    let (mut latest, mut built_in) = (HashMap::new(), BuiltIn::default());
    for clip in clips {
        let clip = built_in.told_apart(clip);
        let take =
            clip.take(&tables).map(|take| (clip.corpus.clone(), clip.speaker.clone(), take.to_owned()));
        match take.and_then(|take| latest.insert(take, clip.path.clone())) {
            None => scan.clips.push(clip),
            Some(other) => {
                scan.left_out.push(LeftOut { path: clip.path.clone(), why: Why::Repeated });
                scan.copies.insert(other, clip);
            }
        }
    }
    scan.clips.sort_by(|a, b| a.path.cmp(&b.path));
    ensure!(
        !scan.clips.is_empty() || scan.left_out.iter().all(|file| file.why != Why::OtherLabel),
        "--labels leaves out every recording; keep those of at least two labels"
    );
    Ok(scan)
}

/// A recording, and what says which label and speaker it has.
struct Found {
    clip: Clip,
    said_by: String,
}

/// The recordings of a list that are there.
fn there(list: &Path, listed: Vec<Listed>, left_out: &mut Vec<LeftOut>) -> anyhow::Result<Vec<Listed>> {
    let (folders, listed): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|Listed { clip, .. }| clip.path.is_dir());
    left_out.extend(folders.into_iter().map(|Listed { line, clip }| {
        let why = Why::Broken(format!("it is a folder, which line {line} of {} lists", list.display()));
        LeftOut { path: clip.path, why }
    }));
    let (there, missing): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|Listed { clip, .. }| clip.path.symlink_metadata().is_ok());
    if let (true, Some(Listed { line, clip })) = (there.is_empty(), missing.first()) {
        bail!(
            "none of the recordings that {} lists is there; the first, in line {line}, would be {} (paths are relative \
             to the list)",
            list.display(),
            clip.path.display()
        );
    }
    left_out.extend(missing.into_iter().map(|Listed { line, clip }| {
        let why = Why::Missing(format!("line {line} of {} lists it", list.display()));
        LeftOut { path: clip.path, why }
    }));
    Ok(there)
}

/// Recordings by their other labels, and without those that have none.
fn relabelled(found: Vec<Found>, labels: &LabelMap, left_out: &mut Vec<LeftOut>) -> Vec<Found> {
    let mut kept = Vec::with_capacity(found.len());
    for Found { clip, said_by } in found {
        match labels.apply(clip.label.clone()) {
            Some(label) => kept.push(Found { clip: Clip { label, ..clip }, said_by }),
            None => left_out.push(LeftOut { path: clip.path, why: Why::OtherLabel }),
        }
    }
    kept
}

/// Recordings without those files of which two things are said; `said` is one of them, if anything is.
fn agreed(
    found: Vec<Found>,
    said: fn(&Clip) -> Option<String>,
    why: fn(String) -> Why,
    left_out: &mut Vec<LeftOut>,
) -> Vec<Found> {
    let mut all_said = BTreeMap::<PathBuf, BTreeMap<String, String>>::new();
    for Found { clip, said_by } in &found {
        let of_file = all_said.entry(clip.path.clone()).or_default();
        of_file.extend(
            said(clip).filter(|said| !of_file.contains_key(said)).map(|said| (said, said_by.clone())),
        );
    }
    all_said.retain(|_, said| said.len() > 1);
    let agreed = found.into_iter().filter(|found| !all_said.contains_key(&found.clip.path)).collect();
    left_out.extend(all_said.into_iter().map(|(path, said)| {
        let said: Vec<String> = said.iter().map(|(said, by)| format!("\"{said}\" {by}")).collect();
        LeftOut { path, why: why(said.join(", ")) }
    }));
    agreed
}

/// Says which entries of `--labels` are of no recording.
fn unmatched_labels(labels: &LabelMap, found: &[Found]) -> Option<String> {
    let known: BTreeSet<String> = found.iter().map(|found| found.clip.label.clone()).collect();
    let unmatched = labels.unmatched(&known);
    let there_are = those("with", known.iter().map(String::as_str));
    (!unmatched.is_empty()).then(|| {
        format!("--labels names {}, which no recording has; there are {there_are}", unmatched.join(", "))
    })
}

/// Says that a pattern finds no speaker among the clips that it is asked of, or is asked of none.
fn unmatched_pattern(pattern: &Regex, asked: &[&Clip]) -> Option<String> {
    let Some(first) = asked.first() else {
        return Some("--speaker-pattern plays no part: it is for folders with one for each label".to_owned());
    };
    let is_matched = asked.iter().any(|clip| clip.has_speaker());
    (!is_matched).then(|| {
        format!(
            "--speaker-pattern {pattern} matches none of {} paths, such as {}",
            asked.len(),
            first.path.display()
        )
    })
}

fn is_list(path: &Path) -> bool {
    let is_one =
        |extension: &OsStr| ["csv", "parquet"].iter().any(|known| extension.eq_ignore_ascii_case(known));
    path.extension().is_some_and(is_one) && !path.is_dir()
}

/// Which folders hold the built-in corpus, as far as they were looked at.
#[derive(Default)]
struct BuiltIn(HashMap<PathBuf, bool>);

impl BuiltIn {
    /// A clip of the built-in corpus may have a published corpus's name, but is not of it.
    fn told_apart(&mut self, clip: Clip) -> Clip {
        let path = std::path::absolute(&clip.path).unwrap_or_else(|_| clip.path.clone());
        if path.parent().is_some_and(|folder| self.holds(folder)) {
            Clip { corpus: Corpus::built_in(), ..clip }
        } else {
            clip
        }
    }

    fn holds(&mut self, folder: &Path) -> bool {
        if let Some(&known) = self.0.get(folder) {
            return known;
        }
        let found = synth::is_built_in(folder) || folder.parent().is_some_and(|parent| self.holds(parent));
        self.0.insert(folder.to_owned(), found);
        found
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A folder with empty files.
    fn folder(files: &[&str]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, []).unwrap();
        }
        folder
    }

    fn sources(paths: &[PathBuf]) -> Sources {
        Sources { paths: paths.to_vec(), ..Sources::default() }
    }

    fn scan_one(folder: &Path) -> anyhow::Result<Scan> {
        scan(&sources(&[folder.to_owned()]))
    }

    fn left_out(scan: &Scan, why: &Why) -> Vec<PathBuf> {
        scan.left_out.iter().filter(|file| file.why == *why).map(|file| file.path.clone()).collect()
    }

    fn complaint(folder: &Path) -> String {
        let message = format!("{:#}", scan_one(folder).unwrap_err());
        assert!(message.contains(&folder.display().to_string()), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        message
    }

    #[test]
    fn corpora_are_found_at_any_depth_and_sorted() {
        let folder = folder(&[
            "b/deep/deeper/1001_IEO_ANG_XX.flac",
            "a/JE/su01.WAV",
            "a/DC_h07.wav",
            "03-01-05-01-02-01-12.ogg",
            "03-01-05-01-02-01-12.txt",
            "a/holiday.mp3",
        ]);
        let scan = scan_one(folder.path()).unwrap();
        let found: Vec<_> =
            scan.clips.iter().map(|clip| (clip.corpus.name(), clip.speaker.as_str())).collect();
        assert_eq!(found, [("RAVDESS", "12"), ("SAVEE", "DC"), ("SAVEE", "JE"), ("CREMA-D", "1001")]);
        assert_eq!(left_out(&scan, &Why::UnknownName), [folder.path().join("a/holiday.mp3")]);
        assert_eq!(scan.left_out.len(), 1);
    }

    #[test]
    fn a_recording_counts_once() {
        let folder = folder(&[
            "Actor_01/03-01-05-01-02-01-01.wav",
            "audio/Actor_01/03-01-05-01-02-01-01.wav",
            "DC/sa03.wav",
            "flat/DC_sa03.wav",
            "JE/sa03.wav",
        ]);
        let path = |name| folder.path().join(name);
        let scan = scan(&sources(&[folder.path().to_owned(), path("Actor_01")])).unwrap();
        let repeated = left_out(&scan, &Why::Repeated);
        let clips: Vec<_> = scan.clips.into_iter().map(|clip| clip.path).collect();
        assert_eq!(clips, ["Actor_01/03-01-05-01-02-01-01.wav", "DC/sa03.wav", "JE/sa03.wav"].map(path));
        assert_eq!(repeated, ["audio/Actor_01/03-01-05-01-02-01-01.wav", "flat/DC_sa03.wav"].map(path));
    }

    /// As CREMA-D is published.
    #[test]
    fn of_copies_the_one_that_lost_nothing_counts() {
        let folder = folder(&[
            "AudioMP3/1001_IEO_ANG_XX.mp3",
            "AudioWAV/1001_IEO_ANG_XX.wav",
            "b/1001_IEO_ANG_XX.flac",
        ]);
        let path = |name| folder.path().join(name);
        let scan = scan_one(folder.path()).unwrap();
        let clips: Vec<_> = scan.clips.iter().map(|clip| clip.path.clone()).collect();
        let [mp3, wav, flac] =
            ["AudioMP3/1001_IEO_ANG_XX.mp3", "AudioWAV/1001_IEO_ANG_XX.wav", "b/1001_IEO_ANG_XX.flac"]
                .map(path);
        assert_eq!(clips, [&*wav]);
        assert_eq!(left_out(&scan, &Why::Repeated), [flac.clone(), mp3.clone()]);
        assert_eq!([&scan.copies[&wav].path, &scan.copies[&flac].path], [&flac, &mp3]);
    }

    #[test]
    fn recordings_that_are_made_do_not_pass_for_real_ones() {
        let folder = folder(&["real/Actor_01/03-01-01-01-01-01-01.wav"]);
        synth::write_corpus(&folder.path().join("out/built-in"), 3, 1).unwrap();
        let of_corpora = |scan: Scan| scan.clips.into_iter().map(|clip| clip.corpus).collect::<Vec<_>>();
        let [built_in, ravdess] = [Corpus::built_in(), Corpus::new("ravdess")];
        let all = scan_one(folder.path()).unwrap();
        assert_eq!(all.left_out, []);
        assert_eq!(of_corpora(all), [built_in.clone(), built_in.clone(), built_in.clone(), ravdess]);
        let within = scan_one(&folder.path().join("out/built-in/RAVDESS/Actor_01")).unwrap();
        assert_eq!(of_corpora(within), [built_in]);
    }

    #[test]
    fn options_that_match_nothing_are_told() {
        let folder = folder(&["own/calm/1.wav", "own/stressed/2.wav", "published/DC_sa03.wav"]);
        let scan = |name: &str, labels: &str, pattern: Option<&str>| {
            let paths = vec![folder.path().join(name)];
            let speaker_pattern = pattern.map(|pattern| Regex::new(pattern).unwrap());
            super::scan(&Sources { paths, labels: LabelMap::parse(labels).unwrap(), speaker_pattern })
        };
        let warnings = |name, labels, pattern| scan(name, labels, pattern).unwrap().warnings;
        assert!(warnings("own", r#"{"calm": "relaxed"}"#, Some(r"(\d)\.wav")).is_empty());
        assert_eq!(
            warnings("own", r#"{"calm": "relaxed", "stresed": null, "bored": "calm"}"#, None),
            ["--labels names bored, stresed, which no recording has; there are those with calm, stressed"]
        );
        let unmatched = warnings("own", "{}", Some("(nobody)"));
        assert!(unmatched[0].contains("--speaker-pattern (nobody) matches none of 2 paths"), "{unmatched:?}");
        assert!(unmatched[0].ends_with("own/calm/1.wav"), "{unmatched:?}");
        assert!(warnings("published", "{}", Some("(nobody)"))[0].contains("plays no part"));
        let nothing = scan("own", r#"{"calm": null, "stressed": null}"#, None).unwrap_err().to_string();
        assert!(nothing.contains("--labels leaves out every recording"), "{nothing}");
    }

    #[test]
    fn folders_without_known_recordings_are_explained() {
        assert!(complaint(folder(&[]).path()).contains("no recordings in"));
        assert!(complaint(folder(&["notes.txt"]).path()).contains("03-01-05-01-02-01-12.wav"));
        let unknown = complaint(folder(&["a.wav", "b.wav"]).path());
        assert!(unknown.contains("none of the 2 audio files") && unknown.contains("a.wav"), "{unknown}");
    }

    #[test]
    fn what_is_no_folder_is_explained() {
        let folder = folder(&["DC_sa03.wav"]);
        assert!(complaint(&folder.path().join("nowhere")).contains("cannot read folder"));
        assert!(complaint(&folder.path().join("DC_sa03.wav")).contains("is not a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_text_is_unknown() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&["DC_sa03.wav"]);
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"DC_sa\xff04.wav")), []).unwrap();
        assert_eq!(scan_one(folder.path()).unwrap().left_out.len(), 1);
    }
}
