//! The `synth` command as its users meet it.

use assert_cmd::Command;

fn synth(out: &std::path::Path, clips: &str) -> assert_cmd::assert::Assert {
    let mut command = Command::cargo_bin("host-trainer").unwrap();
    command.args(["synth", "--clips", clips, "--out"]).arg(out).assert()
}

#[test]
fn writes_recordings_and_says_that_they_are_a_demonstration() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("corpus");
    let assert = synth(&out, "10").success();
    let said = String::from_utf8_lossy(&assert.get_output().stdout).into_owned();
    assert!(said.contains("10 synthetic") && said.contains("demonstration"), "{said}");
    assert!(out.join("RAVDESS/Actor_01/03-01-01-01-01-01-01.wav").is_file());
}

#[test]
fn refuses_a_folder_of_other_files_in_one_line_that_names_it() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("1001_IEO_ANG_XX.wav"), "a real recording").unwrap();
    let assert = synth(dir.path(), "10").failure().code(1);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert!(said.lines().count() == 1 && said.contains(&dir.path().display().to_string()), "{said}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
