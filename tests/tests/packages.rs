//! Each package that is published stands alone: what it needs of the rest of the repository it has a copy of.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const PUBLISHED: [&str; 3] = ["engine", "host-trainer", "host-trainer/whole-file"];

/// Copies are files and not links, which a checkout on Windows makes into texts.
fn assert_is_copy(copy: &Path, original: &str) -> Result<()> {
    let read = |path: PathBuf| fs::read(&path).with_context(|| path.display().to_string());
    assert_eq!(
        read(Path::new(ROOT).join(copy))?,
        read(Path::new(ROOT).join(original))?,
        "{}",
        copy.display()
    );
    assert!(!fs::symlink_metadata(Path::new(ROOT).join(copy))?.is_symlink(), "{}", copy.display());
    Ok(())
}

#[test]
fn every_package_carries_the_licences() -> Result<()> {
    for package in PUBLISHED {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            assert_is_copy(&Path::new(package).join(licence), licence)?;
        }
    }
    Ok(())
}

#[test]
fn the_trainer_s_networks_are_those_that_tflite_has_answered_for() -> Result<()> {
    for name in ["over_time.tflite", "refused_joined.tflite"] {
        let copy = Path::new("host-trainer/tests/data/import").join(name);
        assert_is_copy(&copy, &format!("tests/golden/import/{name}"))?;
    }
    Ok(())
}
