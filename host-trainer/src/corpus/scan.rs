use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use walkdir::WalkDir;

use super::Clip;

const EXTENSIONS: [&str; 4] = ["wav", "flac", "mp3", "ogg"];
const EXPECTED: &str = "SAVEE (DC_sa03.wav or DC/sa03.wav), RAVDESS speech (03-01-05-01-02-01-12.wav) \
                        or CREMA-D (1001_IEO_ANG_XX.wav)";

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
pub fn scan(folders: &[PathBuf]) -> anyhow::Result<Scan> {
    let mut files = Vec::new();
    for folder in folders {
        collect_audio(folder, &mut files)?;
    }
    files.sort();
    files.dedup();

    let shown = folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ");
    ensure!(
        !files.is_empty(),
        "no recordings in {shown}: expected .wav, .flac, .mp3 or .ogg files, named as in {EXPECTED}"
    );
    let scan = recognise(files);
    if let ([], Some(first)) = (scan.clips.as_slice(), scan.unknown.first()) {
        bail!(
            "none of the {} audio files in {shown} has a known name ({} for one): expected {EXPECTED}",
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

fn recognise(files: Vec<PathBuf>) -> Scan {
    let mut scan = Scan { clips: Vec::new(), unknown: Vec::new(), repeated: Vec::new() };
    let mut seen = HashSet::new();
    for path in files {
        match Clip::from_path(&path) {
            None => scan.unknown.push(path),
            Some(clip) if seen.insert((clip.corpus, clip.speaker.clone(), clip.take().to_owned())) => {
                scan.clips.push(clip);
            }
            Some(_) => scan.repeated.push(path),
        }
    }
    scan
}
