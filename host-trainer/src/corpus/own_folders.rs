//! Whether recordings with published names were sorted into folders by somebody.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

use super::Clip;
use super::summary::first_of;

/// Says so where published names are believed and folders may have been meant as labels: where the same people and the
/// same published labels are in several folders, which no corpus's own folders are like, and each file in one of them.
pub(super) fn warning(root: &Path, clips: &[Clip]) -> Option<String> {
    let of_first_level = |clip: &Clip| {
        let below = clip.path.strip_prefix(root).ok()?.parent()?;
        below.iter().next().map(OsStr::to_owned)
    };
    let (mut people, mut labels, mut names) = (Places::new(), Places::new(), Places::new());
    let mut folders = BTreeSet::new();
    for clip in clips {
        let folder = of_first_level(clip)?;
        let corpus = clip.corpus.id();
        people.entry((corpus, &clip.speaker)).or_default().insert(folder.clone());
        labels.entry((corpus, &clip.label)).or_default().insert(folder.clone());
        names.entry((corpus, clip.path.file_stem()?.to_str()?)).or_default().insert(folder.clone());
        folders.insert(folder);
    }
    if !is_shared(&people) || !is_shared(&labels) || is_shared(&names) {
        return None;
    }
    let (first, names) = (clips.first()?, folders.iter().map(|folder| folder.to_string_lossy()));
    Some(format!(
        "recordings in {} are labelled by their published names ({} is \"{}\"), not by the folders {} that they \
         lie in; if those are your labels, list the recordings in a CSV file of path,label",
        root.display(),
        first.path.display(),
        first.label,
        first_of(3, names)
    ))
}

/// In which folders what a corpus calls so is found.
type Places<'c> = BTreeMap<(&'c str, &'c str), BTreeSet<std::ffi::OsString>>;

fn is_shared(places: &Places<'_>) -> bool {
    places.values().any(|folders| folders.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning(paths: &[&str]) -> Option<String> {
        let clips: Vec<_> =
            paths.iter().map(|path| Clip::from_path(&Path::new("mine").join(path)).unwrap()).collect();
        super::warning("mine".as_ref(), &clips)
    }

    #[test]
    fn recordings_that_were_sorted_are_told() {
        let sorted = [
            "tense/03-01-05-01-02-01-01.wav",
            "tense/03-01-03-01-02-01-01.wav",
            "easy/03-01-05-02-02-01-01.wav",
        ];
        let told = warning(&sorted).unwrap();
        assert!(
            told.contains("03-01-05-01-02-01-01.wav is \"angry\"), not by the folders easy, tense that"),
            "{told}"
        );
    }

    /// Actors' folders, speech beside song, emotions' folders, copies in two formats, one folder, none.
    #[test]
    fn published_folders_are_not_taken_for_labels() {
        for paths in [
            &["Actor_01/03-01-05-01-02-01-01.wav", "Actor_02/03-01-05-01-02-01-02.wav"][..],
            &["speech/Actor_01/03-01-05-01-02-01-01.wav", "song/Actor_01/03-02-05-01-02-01-01.wav"],
            &["angry/03-01-05-01-02-01-01.wav", "happy/03-01-03-01-02-01-01.wav"],
            &["AudioMP3/1001_IEO_ANG_XX.mp3", "AudioWAV/1001_IEO_ANG_XX.wav"],
            &["wav/03-01-05-01-02-01-01.wav", "wav/03-01-05-02-02-01-01.wav"],
            &["03-01-05-01-02-01-01.wav", "03-01-05-02-02-01-01.wav"],
        ] {
            assert_eq!(warning(paths), None, "{paths:?}");
        }
    }
}
