use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use walkdir::WalkDir;

use super::{LeftOut, Why};

const EXTENSIONS: [&str; 8] = ["wav", "flac", "mp3", "ogg", "aif", "aiff", "m4a", "aac"];

/// The audio files below a folder, at any depth and sorted. Symbolic links are followed; files that systems write are left
/// out.
///
/// # Errors
/// Names the folder that is missing or can't be read.
pub(super) fn audio_files(folder: &Path, left_out: &mut Vec<LeftOut>) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("cannot read folder {}", folder.display());
    ensure!(
        std::fs::metadata(folder).with_context(failed)?.is_dir(),
        "{} is not a folder; give the folder that holds the recordings, or a .csv file that lists them",
        folder.display()
    );
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot search folder {}", folder.display()))?;
        if !entry.file_type().is_file() || !is_audio(entry.path()) {
            continue;
        }
        let path = entry.into_path();
        if is_of_the_system(path.strip_prefix(folder).unwrap_or(&path)) {
            left_out.push(LeftOut { path, why: Why::SystemFile });
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

fn is_audio(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|found| EXTENSIONS.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

fn is_of_the_system(path: &Path) -> bool {
    path.iter().any(|part| {
        let name = part.to_string_lossy();
        name == "__MACOSX" || name.starts_with("._")
    })
}
