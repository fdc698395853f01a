use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use walkdir::WalkDir;

use super::{Clip, Corpus, LabelMap, readers};
use crate::synth;

const EXTENSIONS: [&str; 4] = ["wav", "flac", "mp3", "ogg"];

/// Where to look for recordings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources {
    /// Folders.
    pub paths: Vec<PathBuf>,
    /// Other names for labels.
    pub labels: LabelMap,
}

/// What folders of recordings hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The recordings whose names could be read, sorted by path.
    pub clips: Vec<Clip>,
    /// Audio files whose names could not be read, sorted; they are left out.
    pub unknown: Vec<PathBuf>,
    /// Further files of a recording that is among the clips already, sorted; they are left out. Some
    /// distributions of RAVDESS hold every recording twice, which would put copies into training and test.
    pub repeated: Vec<PathBuf>,
}

/// Finds the recordings in folders, at any depth. Symbolic links are followed.
///
/// # Errors
/// A folder that is missing or can't be read, or none whose recordings could be recognised; the message
/// says what was found and which names are expected.
pub fn scan(sources: &Sources) -> anyhow::Result<Scan> {
    let Sources { paths: folders, labels } = sources;
    let expected = readers::examples();
    let mut files = Vec::new();
    for folder in folders {
        collect_audio(folder, &mut files)?;
    }
    files.sort();
    files.dedup();

    let shown = folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ");
    ensure!(
        !files.is_empty(),
        "no recordings in {shown}: expected .wav, .flac, .mp3 or .ogg files, named as in {expected}"
    );
    let scan = recognise(files, labels);
    if let ([], Some(first)) = (scan.clips.as_slice(), scan.unknown.first()) {
        bail!(
            "none of the {} audio files in {shown} has a known name ({} for one): expected {expected}",
            scan.unknown.len(),
            first.display()
        );
    }
    Ok(scan)
}

fn collect_audio(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let metadata =
        std::fs::metadata(folder).with_context(|| format!("cannot read folder {}", folder.display()))?;
    ensure!(
        metadata.is_dir(),
        "{} is not a folder; give the folder that holds the recordings",
        folder.display()
    );
    for entry in WalkDir::new(folder).follow_links(true) {
        let entry = entry.with_context(|| format!("cannot search folder {}", folder.display()))?;
        if entry.file_type().is_file() && is_audio(entry.path()) {
            files.push(entry.into_path());
        }
    }
    Ok(())
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

fn recognise(files: Vec<PathBuf>, labels: &LabelMap) -> Scan {
    let mut scan = Scan { clips: Vec::new(), unknown: Vec::new(), repeated: Vec::new() };
    let (mut seen, mut built_in) = (HashSet::new(), BuiltIn::default());
    for path in files {
        match Clip::from_path(&path).map(|clip| built_in.told_apart(clip)) {
            None => scan.unknown.push(path),
            Some(clip)
                if seen.insert((clip.corpus.clone(), clip.speaker.clone(), clip.take().to_owned())) =>
            {
                let label = labels.apply(clip.label.clone());
                scan.clips.extend(label.map(|label| Clip { label, ..clip }));
            }
            Some(_) => scan.repeated.push(path),
        }
    }
    scan
}

/// Which folders hold the built-in corpus, as far as they were looked at.
#[derive(Default)]
struct BuiltIn(HashMap<PathBuf, bool>);

impl BuiltIn {
    /// A clip of the built-in corpus has a published corpus's name, but is not of it.
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
        assert_eq!(scan.unknown, [folder.path().join("a/holiday.mp3")]);
        assert_eq!(scan.repeated, [] as [PathBuf; 0]);
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
        let clips: Vec<_> = scan.clips.into_iter().map(|clip| clip.path).collect();
        assert_eq!(clips, ["Actor_01/03-01-05-01-02-01-01.wav", "DC/sa03.wav", "JE/sa03.wav"].map(path));
        assert_eq!(scan.repeated, ["audio/Actor_01/03-01-05-01-02-01-01.wav", "flat/DC_sa03.wav"].map(path));
    }

    #[test]
    fn recordings_that_are_made_do_not_pass_for_real_ones() {
        let folder = folder(&["real/Actor_01/03-01-01-01-01-01-01.wav"]);
        synth::write_corpus(&folder.path().join("out/built-in"), 3, 1).unwrap();
        let of_corpora = |scan: Scan| scan.clips.into_iter().map(|clip| clip.corpus).collect::<Vec<_>>();
        let [built_in, ravdess] = [Corpus::built_in(), Corpus::new("ravdess")];
        let all = scan_one(folder.path()).unwrap();
        assert_eq!(all.repeated, [] as [PathBuf; 0]);
        assert_eq!(of_corpora(all), [built_in.clone(), built_in.clone(), built_in.clone(), ravdess]);
        let within = scan_one(&folder.path().join("out/built-in/RAVDESS/Actor_01")).unwrap();
        assert_eq!(of_corpora(within), [built_in]);
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
    fn a_folder_that_can_not_be_read_is_named() {
        let folder = folder(&["DC_sa03.wav"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        assert!(complaint(folder.path()).contains("loop"));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_text_is_unknown() {
        use std::os::unix::ffi::OsStrExt;
        let folder = folder(&["DC_sa03.wav"]);
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"DC_sa\xff04.wav")), []).unwrap();
        assert_eq!(scan_one(folder.path()).unwrap().unknown.len(), 1);
    }
}
