use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use walkdir::WalkDir;

use super::{LeftOut, Why};

const LOSSLESS: [&str; 6] = ["wav", "wave", "flac", "aif", "aiff", "aifc"];
/// These lose a part of the sound, or may.
const LOSSY: [&str; 6] = ["mp3", "ogg", "oga", "m4a", "aac", "caf"];

/// The audio files below a folder, at any depth and sorted. Symbolic links are followed; those that lead
/// nowhere or in a circle are left out, as are files that systems write.
///
/// # Errors
/// Names the folder that is missing or can't be read.
pub(crate) fn audio_files(folder: &Path, left_out: &mut Vec<LeftOut>) -> anyhow::Result<Vec<PathBuf>> {
    let failed = || format!("cannot read folder {}", folder.display());
    ensure!(
        std::fs::metadata(folder).with_context(failed)?.is_dir(),
        "{} is not a folder; give the folder that holds the recordings, or a .csv file that lists them",
        folder.display()
    );
    let mut files = Vec::new();
    for path in files_below(folder, left_out).into_iter().filter(|path| is_audio(path)) {
        if is_of_the_system(path.strip_prefix(folder).unwrap_or(&path)) {
            left_out.push(LeftOut { path, why: Why::SystemFile });
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The files below a folder, at any depth and sorted. Symbolic links are followed; those that lead nowhere or in a
/// circle are left out.
pub(crate) fn files_below(folder: &Path, left_out: &mut Vec<LeftOut>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_file() => files.push(entry.into_path()),
            Ok(_) => (),
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                // What is no fault of the system's is a circle.
                let circle = "the link leads back to a folder that it lies in".to_owned();
                let why = error.io_error().map_or(circle, ToString::to_string);
                left_out.push(LeftOut { path, why: Why::Broken(why) });
            }
        }
    }
    files
}

fn is_audio(path: &Path) -> bool {
    is_lossless(path) || is_one_of(path, LOSSY)
}

/// Whether a file's format keeps all of the sound, by its name.
pub(super) fn is_lossless(path: &Path) -> bool {
    is_one_of(path, LOSSLESS)
}

fn is_one_of<const N: usize>(path: &Path, extensions: [&str; N]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|known| found.eq_ignore_ascii_case(known)))
}

fn is_of_the_system(path: &Path) -> bool {
    path.iter().any(|part| {
        let name = part.to_string_lossy();
        name == "__MACOSX" || name.starts_with("._")
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_that_lead_nowhere_or_in_a_circle_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("calm")).unwrap();
        std::fs::write(path("calm/1.wav"), b"").unwrap();
        symlink("gone.wav", path("calm/2.wav")).unwrap();
        symlink(folder.path(), path("calm/3")).unwrap();
        let mut left_out = Vec::new();
        assert_eq!(audio_files(folder.path(), &mut left_out).unwrap(), [path("calm/1.wav")]);
        let lines = LeftOut::lines(&left_out);
        assert!(
            lines[0].contains("2.wav: No such file") && lines[1].contains("3: the link leads back"),
            "{lines:?}"
        );
    }
}
