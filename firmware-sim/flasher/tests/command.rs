//! The commands as a user meets them who has no board.

use std::path::Path;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;

fn stderr(command: &mut Command, code: i32) -> String {
    let output = command.assert().code(code).stdout("").get_output().clone();
    String::from_utf8(output.stderr).expect("messages are UTF-8")
}

#[test]
fn usage_errors_exit_with_2() {
    let message = stderr(cargo_bin_cmd!("flash-board").arg("toaster"), 2);
    assert!(message.contains("xiao-sense, nano-sense, f407-discovery, pico2, pico2-pdm"), "{message}");
    assert!(stderr(&mut cargo_bin_cmd!("flash-board"), 2).contains("--help"));
    assert!(stderr(&mut cargo_bin_cmd!("record-board"), 2).contains("--help"));
    let model = ["pico2", "--record", "--model", "a.postcard"];
    assert!(stderr(cargo_bin_cmd!("flash-board").args(model), 2).contains("cannot be used with"));
    let seconds = ["port", "a.wav", "--seconds", "0"];
    assert!(stderr(cargo_bin_cmd!("record-board").args(seconds), 2).contains("--help"));
}

#[test]
fn a_model_that_is_none_or_does_not_fit_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let flash = |model: &Path| {
        let message = stderr(cargo_bin_cmd!("flash-board").args(["pico2", "--model"]).arg(model), 1);
        message.lines().last().unwrap().to_owned()
    };
    let model = folder.path().join("a.postcard");
    let cannot_use = format!("error: cannot use {}: ", model.display());
    assert!(flash(&model).starts_with(&cannot_use), "{}", flash(&model));
    std::fs::write(&model, "not a model").unwrap();
    assert!(flash(&model).starts_with(&cannot_use), "{}", flash(&model));
}

#[cfg(unix)]
fn script(path: &Path, text: &str) {
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_toolchain_without_the_target_is_told_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    script(&folder.path().join("rustc"), "echo /nowhere");
    let message = stderr(cargo_bin_cmd!("flash-board").arg("pico2").env("PATH", folder.path()), 1);
    let expected = "error: the compiler has no thumbv8m.main-none-eabihf: run `rustup target add \
                    thumbv8m.main-none-eabihf`";
    assert_eq!(message.lines().last(), Some(expected));
}

#[cfg(unix)]
#[test]
fn a_compiler_that_is_killed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let cargo = folder.path().join("cargo");
    script(&folder.path().join("rustc"), "echo /");
    script(&cargo, "kill -9 $$");
    let mut command = cargo_bin_cmd!("flash-board");
    let message = stderr(command.arg("pico2").env("PATH", folder.path()).env("CARGO", cargo), 1);
    let expected = "error: the firmware does not build: cargo ended with signal: 9 (SIGKILL)";
    assert_eq!(message.lines().last(), Some(expected));
}

#[test]
fn a_port_that_is_not_there_is_named() {
    let message = stderr(cargo_bin_cmd!("record-board").args(["/dev/nowhere", "a.wav"]), 1);
    assert!(message.starts_with("error: cannot open /dev/nowhere: is the board connected?: "), "{message}");
}

#[cfg(unix)]
#[test]
fn a_file_that_is_no_port_is_told() {
    for file in ["/dev/null", "/tmp"] {
        let message = stderr(cargo_bin_cmd!("record-board").args([file, "a.wav"]), 1);
        assert!(message.starts_with(&format!("error: {file} is no serial port: ")), "{message}");
    }
}
